// Our sockets, gate, streams and fan-out; only the database is left out: events enter where the
// listener would hand them in.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { FanOut } from '../../src/events/fan-out.ts';
import type { LiveEvent, ProgressRow } from '../../src/events/topics.ts';
import { limits } from '../../src/http/limits.ts';
import { createOperationGate } from '../../src/http/operation-gate.ts';
import { createRateLimiter } from '../../src/http/rate-limiter.ts';
import { createWebSockets } from '../../src/http/websocket.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { RequestContext } from '../../src/resolvers/context.ts';
import { schema } from '../../src/schema/index.ts';
import type { Member } from '../../src/services/access-member.ts';
import { LiveStream } from '../../src/services/live/live-stream.ts';
import { onPublish, progressOf, ready, within10Milliseconds } from './answer.ts';

const member: Member = {
  userId: 'ana',
  email: 'ana@acme.test',
  organizationId: 'acme',
  organizations: ['acme'],
  role: 'user',
  reach: 'organization',
  tokenExpiresAt: new Date(Date.now() + 3_600_000),
};
const fanOut = new FanOut();
const live = {
  async progress() {
    return new LiveStream<'progress'>({
      fanOut,
      topic: 'progress',
      audience: { organizationId: 'acme', userId: 'ana', admin: false },
      queue: {
        capacity: 1_000,
        paceMilliseconds: 250,
        isUrgent: (event, last) => event.row?.status !== last.row?.status,
      },
      read: async () => ({
        rows: [state],
        snapshot: { xmin: 1, xmax: 1, running: new Set() },
        more: false,
      }),
      share: 'progress',
    });
  },
};

function row(number: number): ProgressRow {
  const { syncRunId, ...rest } = progressOf(number);
  return {
    ...rest,
    id: syncRunId,
    syncId: syncRunId,
    orgId: 'acme',
    status: 'running',
    currentItem: null,
    elapsedSeconds: 1,
    speedItemsPerMin: 1,
    etaSeconds: null,
    startedAt: null,
    completedAt: null,
    updatedAt: new Date(0),
  };
}

let events = 0;
let state = row(0);
function nextEvent(): LiveEvent<'progress'> {
  events++;
  const changed = row(events);
  return {
    topic: 'progress',
    organizationId: 'acme',
    key: changed.id,
    transaction: events + 1,
    row: changed,
    readers: { users: null, admins: true },
  };
}

const server = createServer();
const sockets = createWebSockets({
  schema,
  gate: createOperationGate({
    schema,
    limits,
    rateLimiter: createRateLimiter('off', systemClock),
    openIntrospection: false,
  }),
  access: { authenticate: async () => member, stillMember: async () => true },
  openContext: ({ info }) => ({
    value: { ...info, member, services: { live } } as unknown as RequestContext,
    release() {},
  }),
  path: '/graphql',
  publicUrl: () => 'http://127.0.0.1',
  allowedOrigins: [],
  socketsPerUser: 100_000,
  log: pino({ level: 'silent' }),
  clock: systemClock,
});
sockets.attach(server);
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
onPublish(async ({ count, together, oneRun, finish }) => {
  if (finish) {
    state = { ...row(0), status: 'completed' };
    fanOut.deliver([{ ...nextEvent(), key: state.id, row: state }]);
    return;
  }
  if (together) {
    // The listener looks every 20 ms and hands in what it finds, the newest state of each row.
    const found = new Map<string, LiveEvent<'progress'>>();
    const look = delay(20).then(() => fanOut.deliver([...found.values()]));
    await within10Milliseconds(count, () => {
      const event = nextEvent();
      const key = oneRun ? row(1).id : event.key;
      found.set(key ?? '', { ...event, key });
    });
    return look;
  }
  for (let number = 0; number < count; number++) {
    fanOut.deliver([nextEvent()]);
    await new Promise(setImmediate);
  }
});
