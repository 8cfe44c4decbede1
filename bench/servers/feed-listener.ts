// A process with live subscribers: one listening connection, a hundred streams, and the time from
// a row's change to its arrival.
import pg from 'pg';
import { pino } from 'pino';
import { openCompanyDatabase } from '../../src/database/company.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLive } from '../../src/services/live.ts';
import { ready } from './answer.ts';

const [url = '', variant = ''] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const times: number[] = [];

if (variant === 'NOTIFY for every row') {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  client.on('notification', ({ payload }) => JSON.parse(payload ?? ''));
  await client.query('listen bench');
} else if (variant === 'lockstep') {
  const company = openCompanyDatabase({ name: 'default', url, log });
  const live = createLive({
    databases: { of: async () => company },
    access: { stillMember: async () => true },
    log,
    clock: systemClock,
  });
  const members = await company.query<{ userId: string; organizationId: string; email: string }>(
    { role: 'service_role', organizationId: 'all' },
    'select id as "userId", org_id as "organizationId", email from auth.users_extended',
  );
  for (const member of members) {
    for (let copy = 0; copy < 6; copy++) {
      const stream = await live.progress(
        {
          requestId: 'bench',
          member: {
            ...member,
            organizations: [member.organizationId],
            role: 'user',
            reach: 'organization',
            tokenExpiresAt: new Date(Date.now() + 3_600_000),
          },
        },
        null,
      );
      void (async () => {
        let first = 100;
        for await (const { syncId, updatedAt } of stream) {
          if (--first < 0 && copy === 0 && syncId.startsWith('rare'))
            times.push(Date.now() - updatedAt.getTime());
        }
      })();
    }
  }
}
ready(0);
process.on('message', () => {
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  process.send?.({ p50: at(0.5), p99: at(0.99), received: times.length });
});
