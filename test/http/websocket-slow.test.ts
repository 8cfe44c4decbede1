import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertProgress } from '../live/fixture.ts';
import { openSockets, RawSocket, type SocketFixture, says } from './websocket-fixture.ts';

let fixture: SocketFixture;
beforeAll(async () => {
  fixture = await openSockets();
});
afterAll(() => fixture.close());

test('W26 a reader that stops reading is closed, and the others get everything', async () => {
  const { acme } = fixture.tenants;
  const names = Array.from({ length: 90 }, (_, index) => `${'wide '.repeat(20)}${index}`);
  for (const name of names) await insertProgress(fixture.sql, acme.id, name, 1_000_000);
  const healthy = await new RawSocket(fixture.url).init(acme.members.ben);
  const stalled = await new RawSocket(fixture.url).init(acme.members.ana);
  // Many aliases of the long text make each event wide, so that the kernel's buffers fill soon.
  const aliases = Array.from({ length: 14 }, (_, index) => `text${index}: syncRunId`).join(' ');
  const query = `subscription { syncProgress { ${aliases} processedCount } }`;
  healthy.subscribe('all', query);
  for (let index = 0; index < 20; index++) stalled.subscribe(`${index}`, query);
  await healthy.message(says('wide'));
  await stalled.message(says('wide', '19'));
  stalled.webSocket.pause();

  let count = 0;
  const deadline = Date.now() + 20_000;
  while (fixture.sockets.size > 1 && Date.now() < deadline) {
    count++;
    await fixture.sql.query('update sync_progress set processed_count = $1', [count]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(fixture.sockets.size).toBe(1);
  stalled.webSocket.resume();
  // Cut off with its buffers full: the reason arrives only if the reader comes back in time.
  expect([1013, 1006]).toContain((await stalled.closed).code);

  await fixture.sql.query(
    `update sync_progress set status = 'completed', processed_count = 999999`,
  );
  await healthy.message(says('999999'));
  healthy.end();
});

test('the server goes with 1001, and lets nobody in meanwhile', async () => {
  const { acme } = fixture.tenants;
  const socket = await new RawSocket(fixture.url).init(acme.members.adam);
  const closing = fixture.sockets.close();
  expect(await socket.closed).toMatchObject({ code: 1001 });
  await closing;
  await expect(new RawSocket(fixture.url).opened()).rejects.toThrow('503');
});
