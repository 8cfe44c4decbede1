import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertProgress } from '../live/fixture.ts';
import { openSockets, RawSocket, type SocketFixture, says } from './websocket-fixture.ts';

/** LIVE_LOAD=full: 1,000 sockets follow 20 runs each, as many as the promise names. */
const full = env['LIVE_LOAD'] === 'full';
const socketCount = full ? 1_000 : 100;
const runCount = full ? 20 : 5;

let fixture: SocketFixture;
beforeAll(async () => {
  fixture = await openSockets(socketCount);
});
afterAll(() => fixture.close());

test('every socket gets the final state of every run it follows', {
  timeout: 120_000,
}, async () => {
  const { acme } = fixture.tenants;
  const runs = Array.from({ length: runCount }, (_, run) => `load ${run}`);
  for (const run of runs) await insertProgress(fixture.sql, acme.id, run, 1_000_000);
  const people = Object.values(acme.members);
  const sockets: RawSocket[] = [];
  for (let index = 0; index < socketCount; index++) {
    const who = people[index % people.length];
    if (who) sockets.push(await new RawSocket(fixture.url).init(who));
  }
  const query =
    'subscription ($id: ID) { syncProgress(syncRunId: $id) { syncRunId status processedCount } }';
  for (const socket of sockets) {
    for (const run of runs) socket.subscribe(run, query, { id: run });
  }
  for (const socket of sockets) {
    for (const run of runs) await socket.message(says(run, run), 60_000);
  }
  for (let count = 1; count <= 30; count++) {
    await fixture.sql.query(
      `update sync_progress set processed_count = $1 where sync_id like 'load %'`,
      [count],
    );
  }
  await fixture.sql.query(
    `update sync_progress set processed_count = 31, status = 'completed' where sync_id like 'load %'`,
  );
  for (const socket of sockets) {
    for (const run of runs) await socket.message(says('COMPLETED', run), 20_000);
  }
  for (const { messages } of sockets) {
    for (const run of runs) {
      const own = messages.filter(({ id }) => id === run);
      expect(own.at(-1)?.payload).toEqual({
        data: { syncProgress: { syncRunId: run, status: 'COMPLETED', processedCount: 31 } },
      });
    }
  }
  for (const socket of sockets) socket.end();
});
