import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedTenant } from '../support/tenants.ts';
import { openSockets, RawSocket, type SocketFixture } from './websocket-fixture.ts';

let fixture: SocketFixture;
beforeAll(async () => {
  fixture = await openSockets();
});
afterAll(() => fixture.close());

const everything = 'subscription { syncProgress { status } }';
const people = ['left', 'demoted', 'inactive', 'gone', 'banned', 'closed'] as const;

async function follow(who: { readonly id: string }): Promise<RawSocket> {
  const socket = await new RawSocket(fixture.url).init(who);
  socket.subscribe('live', everything);
  socket.send({ type: 'ping' });
  await socket.message(({ type }) => type === 'pong');
  await new Promise((resolve) => setTimeout(resolve, 200));
  return socket;
}

describe('a stream ends with its member', () => {
  test('W13 an expired token: an error frame, then 4403, at most five seconds late', async () => {
    const { ana } = fixture.tenants.acme.members;
    const socket = await new RawSocket(fixture.url).init(ana, 2);
    socket.subscribe('live', everything);
    const started = Date.now();
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(socket.messages.at(-1)).toMatchObject({
      id: 'live',
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('W14 whatever ends the membership, in plain SQL, ends it within five seconds', async () => {
    const person = (name: string) => ({
      email: `${name}@ends.test`,
      membership: 'member' as const,
    });
    const tenant = await seedTenant(
      fixture.databases,
      { name: 'Ends', slug: 'ends' },
      {
        left: person('left'),
        demoted: { ...person('demoted'), role: 'admin' as const },
        inactive: person('inactive'),
        gone: person('gone'),
        banned: person('banned'),
        closed: person('closed'),
        stays: person('stays'),
      },
    );
    const sockets = new Map<string, RawSocket>();
    for (const name of [...people, 'stays'] as const) {
      sockets.set(name, await follow(tenant.members[name]));
    }
    const changes: Record<(typeof people)[number], string> = {
      left: 'delete from user_organizations where user_id = $1',
      demoted: `update user_profiles set role = 'user' where user_id = $1`,
      inactive: 'update user_profiles set is_active = false where user_id = $1',
      gone: 'delete from auth.users where id = $1',
      banned: `update auth.users set banned_until = now() + interval '1 day' where id = $1`,
      closed: 'update auth.users_extended set is_active = false where id = $1',
    };
    for (const name of people) {
      const started = Date.now();
      await fixture.sql.query(changes[name], [tenant.members[name].id]);
      const frame = await sockets
        .get(name)
        ?.message(({ id, type }) => id === 'live' && type === 'error');
      expect(frame).toMatchObject({ payload: [{ extensions: { code: 'FORBIDDEN' } }] });
      expect(Date.now() - started).toBeLessThan(5_000);
    }
    const stays = sockets.get('stays');
    expect(stays?.messages.some(({ type }) => type === 'error')).toBe(false);
    await fixture.sql.query('update organization set is_active = false where id = $1', [tenant.id]);
    await stays?.message(({ id, type }) => id === 'live' && type === 'error');
    for (const socket of sockets.values()) socket.end();
  });

  test('who was removed cannot subscribe again on the socket that is still open', async () => {
    const tenant = await seedTenant(
      fixture.databases,
      { name: 'Removed', slug: 'removed' },
      { rita: { email: 'rita@removed.test' } },
    );
    const socket = await new RawSocket(fixture.url).init(tenant.members.rita);
    await fixture.sql.query('delete from user_organizations where user_id = $1', [
      tenant.members.rita.id,
    ]);
    socket.subscribe('again', everything);
    const frame = await socket.message(({ id }) => id === 'again');
    expect(frame).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    socket.end();
  });

  test('the organisation is chosen in connection_init, and only among the own', async () => {
    const { acme, globex } = fixture.tenants;
    const socket = await new RawSocket(fixture.url).opened();
    await expect(
      socket.init(acme.members.ana, 60, { 'x-organization-id': globex.id }),
    ).rejects.toThrow();
    expect(await socket.closed).toMatchObject({ code: 4403 });
    await fixture.sql.query(
      `insert into user_organizations (user_id, organization_id, role) values ($1, $2, 'member')`,
      [acme.members.ana.id, globex.id],
    );
    const both = await new RawSocket(fixture.url).init(acme.members.ana, 60, {
      'x-organization-id': globex.id,
    });
    both.end();
  });
});
