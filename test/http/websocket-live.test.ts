import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeNodeId } from '../../src/resolvers/node-id.ts';
import { insertProgress, insertRun } from '../live/fixture.ts';
import { clientOf, openSockets, RawSocket, type SocketFixture, says } from './websocket-fixture.ts';

let fixture: SocketFixture;
beforeAll(async () => {
  fixture = await openSockets();
});
afterAll(() => fixture.close());

const progress =
  'subscription ($id: ID) { syncProgress(syncRunId: $id) { syncRunId status processedCount percent } }';

const setCount = (syncId: string, count: number) =>
  fixture.sql.query('update sync_progress set processed_count = $2 where sync_id = $1', [
    syncId,
    count,
  ]);

describe('a subscription over a socket', () => {
  test('the usual client gets the present state, then plain SQL changes, until it has enough', async () => {
    const { acme } = fixture.tenants;
    const run = await insertRun(fixture.sql, acme.id, acme.members.ana.id);
    const client = await clientOf(fixture.url, acme.members.ana);
    const results = client.iterate({
      query: progress,
      variables: { id: encodeNodeId('SyncRun', run) },
    });
    const first = await results.next();
    expect(first.value).toEqual({
      data: {
        syncProgress: {
          syncRunId: encodeNodeId('SyncRun', run),
          status: 'RUNNING',
          processedCount: 0,
          percent: 0,
        },
      },
    });
    await setCount(run, 40);
    const second = await results.next();
    expect(second.value).toMatchObject({
      data: { syncProgress: { processedCount: 40, percent: 40 } },
    });
    await fixture.sql.query(`update sync_progress set status = 'completed' where sync_id = $1`, [
      run,
    ]);
    const third = await results.next();
    expect(third.value).toMatchObject({ data: { syncProgress: { status: 'COMPLETED' } } });
    expect(await results.return?.()).toMatchObject({ done: true });
    await client.dispose();
  });

  test('every follower of a shared run gets every state, whatever its operation is called', async () => {
    const { acme } = fixture.tenants;
    await insertProgress(fixture.sql, acme.id, 'shared');
    const sockets = await Promise.all(
      [acme.members.ana, acme.members.ben, acme.members.adam, acme.members.ana].map((member) =>
        new RawSocket(fixture.url).init(member),
      ),
    );
    const ids = ['1', 'a-longer-id', 'with "quotes" and ü', crypto.randomUUID()];
    for (const [index, socket] of sockets.entries())
      socket.subscribe(ids[index] ?? '', progress, { id: 'shared' });
    await Promise.all(sockets.map((socket) => socket.message(({ type }) => type === 'next')));
    await setCount('shared', 99);
    for (const [index, socket] of sockets.entries()) {
      const frame = await socket.message(says('99'));
      expect(frame).toEqual({
        id: ids[index],
        type: 'next',
        payload: {
          data: {
            syncProgress: {
              syncRunId: 'shared',
              status: 'RUNNING',
              processedCount: 99,
              percent: 99,
            },
          },
        },
      });
    }
    sockets[0]?.send({ id: ids[0], type: 'complete' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await setCount('shared', 100);
    await sockets[1]?.message(says('100'));
    expect(JSON.stringify(sockets[0]?.messages)).not.toContain('"processedCount":100');
    for (const socket of sockets) socket.end();
  });

  test('two members who may see different runs never share a result', async () => {
    const { acme, globex } = fixture.tenants;
    const ofAna = await insertRun(fixture.sql, acme.id, acme.members.ana.id);
    const ofBen = await insertRun(fixture.sql, acme.id, acme.members.ben.id);
    const ofGus = await insertRun(fixture.sql, globex.id, globex.members.gus.id);
    const watchers = [
      { who: acme.members.ana, sees: [ofAna], not: [ofBen, ofGus] },
      { who: acme.members.ben, sees: [ofBen], not: [ofAna, ofGus] },
      { who: acme.members.adam, sees: [ofAna, ofBen], not: [ofGus] },
      { who: globex.members.gus, sees: [ofGus], not: [ofAna, ofBen] },
      { who: globex.members.gina, sees: [ofGus], not: [ofAna, ofBen] },
    ];
    const sockets = await Promise.all(
      watchers.map(({ who }) => new RawSocket(fixture.url).init(who)),
    );
    for (const socket of sockets)
      socket.subscribe('same', 'subscription { syncProgress { syncRunId processedCount } }');
    await Promise.all(sockets.map((socket) => socket.message(({ type }) => type === 'next')));
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const run of [ofAna, ofBen, ofGus]) await setCount(run, 77);
    for (const [index, { sees, not }] of watchers.entries()) {
      for (const run of sees) {
        await sockets[index]?.message(
          (message) => says(encodeNodeId('SyncRun', run))(message) && says('77')(message),
        );
      }
      const all = JSON.stringify(sockets[index]?.messages);
      for (const run of not) expect(all).not.toContain(encodeNodeId('SyncRun', run));
    }
    for (const socket of sockets) socket.end();
  });

  test('activity and notifications arrive, and a foreign member gets none', async () => {
    const { acme } = fixture.tenants;
    const { ana, ben, adam } = acme.members;
    const run = await insertRun(fixture.sql, acme.id, ana.id);
    const [ofAna, ofBen, ofAdam] = await Promise.all(
      [ana, ben, adam].map((member) => new RawSocket(fixture.url).init(member)),
    );
    ofAna?.subscribe(
      'log',
      `subscription { syncActivity(syncRunId: "${run}") { id action message } }`,
    );
    await ofAna?.message(says('STARTED', 'log'));
    for (const socket of [ofAna, ofBen, ofAdam]) {
      socket?.subscribe('told', 'subscription { notifications { title readAt } }');
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    await fixture.sql.query(
      `insert into sync_activity_log (org_id, sync_id, action, message) values ($1, $2, 'waiting', 'Waits for the provider')`,
      [acme.id, run],
    );
    await fixture.sql.query(
      `insert into notifications (org_id, user_id, kind, title) values ($1, $2, 'done', 'Your mail is here')`,
      [acme.id, ana.id],
    );
    await ofAna?.message(says('Waits for', 'log'));
    await ofAna?.message(says('Your mail', 'told'));
    for (const other of [ofBen, ofAdam])
      expect(JSON.stringify(other?.messages)).not.toContain('Your mail');
    for (const socket of [ofAna, ofBen, ofAdam]) socket?.end();
  });

  test('activity goes on behind the entry the client has', async () => {
    const { acme } = fixture.tenants;
    const { rows } = await fixture.sql.query<{ id: string }>(
      `insert into sync_activity_log (org_id, sync_id, action, message, created_at)
       select $1, 'import', 'progress', 'step ' || n, now() - make_interval(secs => 100 - n)
         from generate_series(1, 5) n returning id`,
      [acme.id],
    );
    const socket = await new RawSocket(fixture.url).init(acme.members.ben);
    const query =
      'subscription ($after: String) { syncActivity(syncRunId: "import", after: $after) { message } }';
    socket.subscribe('rest', query, { after: rows[2]?.id });
    await socket.message(says('step 5'));
    expect(
      socket.messages.filter(({ type }) => type === 'next').map(({ payload }) => payload),
    ).toEqual([
      { data: { syncActivity: { message: 'step 4' } } },
      { data: { syncActivity: { message: 'step 5' } } },
    ]);
    socket.subscribe('wrong', query, { after: crypto.randomUUID() });
    await socket.message(({ id, type }) => id === 'wrong' && type === 'error');
    socket.end();
  });

  test('activity without a run is that of every run the member may see, and no other', async () => {
    const { acme } = fixture.tenants;
    const { ana, ben } = acme.members;
    const own = await insertRun(fixture.sql, acme.id, ana.id);
    const note = (run: string, message: string) =>
      fixture.sql.query(
        `insert into sync_activity_log (org_id, sync_id, action, message, user_id)
         values ($1, $2, 'progress', $3, (select user_id from sync_job_queue where id::text = $2))`,
        [acme.id, run, message],
      );
    await note(own, 'before of ana');
    const [ofAna, ofBen] = await Promise.all(
      [ana, ben].map((member) => new RawSocket(fixture.url).init(member)),
    );
    for (const socket of [ofAna, ofBen]) {
      socket?.subscribe(
        'all',
        'subscription ($run: ID) { syncActivity(syncRunId: $run) { message } }',
      );
    }
    await ofAna?.message(says('before of ana', 'all'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await note(own, 'after of ana');
    await note('shared-import', 'of everyone');
    for (const socket of [ofAna, ofBen]) await socket?.message(says('of everyone', 'all'));
    await ofAna?.message(says('after of ana', 'all'));
    expect(JSON.stringify(ofBen?.messages)).not.toContain('of ana');
    for (const socket of [ofAna, ofBen]) socket?.end();
  });
});
