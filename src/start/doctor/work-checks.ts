import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Check, type Finding, ok } from './check.ts';

const everyOrganization = { role: 'service_role', organizationId: 'all' } as const;
/** Longer than this and nobody seems to be working. */
const patientSeconds = 120;
const tolerableSkewSeconds = 60;

const queue: Check = {
  name: 'queue',
  cure: 'Run: lockstep migrate up',
  run: async ({ companies }) => {
    const found: Omit<Finding, 'check'>[] = [];
    for (const database of await companies.all()) {
      const [state] = await database.query<{ waiting: number; oldest: number; failed: number }>(
        everyOrganization,
        `select count(*) filter (where status = 'queued')::int as waiting,
                coalesce(extract(epoch from now() - min(coalesce(next_attempt_at, queued_at))
                  filter (where status = 'queued')), 0)::int as oldest,
                count(*) filter (where status = 'failed'
                  and completed_at > now() - interval '1 day')::int as failed
           from sync_job_queue`,
      );
      const { waiting = 0, oldest = 0, failed = 0 } = state ?? {};
      const text = `${database.name}: ${waiting} waiting, oldest ${Math.max(0, oldest)} s; ${failed} failed in a day`;
      if (oldest > patientSeconds) {
        const cure = 'Start a worker (lockstep worker), or more of them.';
        found.push({ verdict: 'attention', found: text, cure });
      } else found.push(ok(text));
    }
    return found;
  },
};

const clock: Check = {
  name: 'clock',
  cure: 'Check the database server.',
  run: async ({ master }) => {
    const [row] = await master.query<{ at: Date }>('select clock_timestamp() as at');
    const skew = Math.abs(Date.now() - (row?.at.getTime() ?? 0)) / 1000;
    const text = `${skew.toFixed(1)} s between this machine and the database server`;
    if (skew <= tolerableSkewSeconds) return [ok(text)];
    return [{ verdict: 'attention', found: text, cure: 'Synchronise both clocks (NTP).' }];
  },
};

const dataFolder: Check = {
  name: 'storage',
  cure: 'Make DATA_DIR writable for this user, with room left.',
  run: async ({ config }) => {
    const folder = await mkdtemp(path.join(config.dataDir, 'doctor-'));
    await writeFile(path.join(folder, 'probe'), 'probe');
    await rm(folder, { recursive: true });
    return [ok('the data folder can be written')];
  },
};

const encryption: Check = {
  name: 'token encryption',
  cure: 'Check TOKEN_ENCRYPTION_KEYS.',
  run: async ({ companies, vault }) => {
    const unreadable = [];
    for (const database of await companies.all()) {
      const grants = await database.query<{ id: string; org_id: string; sealed: string }>(
        everyOrganization,
        `select distinct on (split_part(refresh_token_sealed, ':', 2))
                id, org_id, refresh_token_sealed as sealed
           from provider_grants where refresh_token_sealed is not null`,
      );
      for (const { id, org_id: organizationId, sealed } of grants) {
        try {
          const place = { table: 'provider_grants', rowId: id, organizationId };
          vault.open(sealed, { ...place, column: 'refresh_token_sealed' });
        } catch {
          unreadable.push(sealed.split(':')[1] ?? '?');
        }
      }
    }
    if (unreadable.length === 0) return [ok('stored credentials can be read')];
    return [
      {
        verdict: 'failed',
        found: `credentials sealed with key ${unreadable.join(', ')} cannot be read`,
        cure: 'Put the missing key back into TOKEN_ENCRYPTION_KEYS, after the current one.',
      },
    ];
  },
};

const providers: Check = {
  name: 'providers',
  cure: 'Check MICROSOFT_LOGIN_URL, MICROSOFT_TENANT and the way out of this network.',
  run: async ({ config }) => {
    const { client, loginUrl, tenant } = config.microsoft;
    if (!client && !loginUrl) return [ok('Microsoft: played by the sandbox')];
    const origin = loginUrl ?? 'https://login.microsoftonline.com';
    const address = `${origin}/${tenant}/v2.0/.well-known/openid-configuration`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(5_000) });
    if (answer.ok) return [ok('Microsoft: the sign-in service answers')];
    const found = `Microsoft: the sign-in service answers ${answer.status}`;
    return [{ verdict: 'failed', found, cure: providers.cure }];
  },
};

export const workChecks = [queue, clock, dataFolder, encryption, providers] as const;
