import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountsWorld,
  type ConnectChoice,
  openAccounts,
  publicUrl,
  startAccountsWorld,
} from './world.ts';

let world: AccountsWorld;

beforeAll(async () => {
  world = await startAccountsWorld();
});
afterEach(async () => {
  await world.sandbox.control.faults.clear();
  await world.sandbox.control.reset();
  await world.rows('delete from connections');
  await world.rows('delete from provider_grants');
  await world.rows('delete from oauth_authorizations');
});
afterAll(() => world.close());

const reason = async (choice: ConnectChoice) => {
  const result = await world.connect(choice);
  if (result.kind === 'invalid') return `invalid: ${result.why}`;
  const { searchParams } = new URL(result.location, publicUrl);
  return searchParams.get('connect_error') ?? `connected ${searchParams.get('connected')}`;
};

describe('asking for a consent', () => {
  it('asks for mail only, with PKCE, nonce and state, and stores no secret in clear', async () => {
    const { organizationId, userId } = {
      organizationId: world.tenants.acme.id,
      userId: world.tenants.acme.members.ana.id,
    };
    const before = Date.now();
    const { authorizationUrl, expiresAt, cookie } = await world.accounts.connectProvider({
      organizationId,
      userId,
      provider: 'outlook',
    });
    const url = new URL(authorizationUrl);
    const query = Object.fromEntries(url.searchParams);
    expect(url.origin).toBe(world.sandbox.url);
    expect(query).toMatchObject({
      client_id: 'lockstep-sandbox',
      response_type: 'code',
      redirect_uri: `${publicUrl}/oauth/callback/microsoft`,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{64}$/),
      scope: 'openid profile email offline_access User.Read Mail.Read',
    });
    expect(expiresAt.getTime() - before).toBeGreaterThan(595_000);
    expect(expiresAt.getTime() - before).toBeLessThan(605_000);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/oauth/callback' });
    const [row] = await world.rows('select to_jsonb(a) as row from oauth_authorizations a');
    const stored = JSON.stringify(row);
    for (const secret of [query['state'], query['nonce'], query['code_challenge'], cookie.value]) {
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(Buffer.from(secret ?? '').toString('hex'));
    }
  });

  it('says when a vendor is not configured here', async () => {
    const { accounts, close } = openAccounts(world.address, { withGoogle: false });
    const asking = accounts.connectProvider({
      organizationId: world.tenants.acme.id,
      userId: world.tenants.acme.members.ana.id,
      provider: 'gmail',
    });
    await expect(asking).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'provider' },
    });
    await close();
  });
});

describe('the way back', () => {
  it('stores the grant sealed and the connection connected', async () => {
    expect(await reason({})).toBe('connected outlook');
    const [connection] = await world.rows('select * from connections');
    expect(connection).toMatchObject({
      tenant_id: world.tenants.acme.members.ana.id,
      org_id: world.tenants.acme.id,
      provider_key: 'outlook',
      account_email: 'ana@acme.test',
      status: 'connected',
      can_manual_sync: true,
    });
    const [grant] = await world.rows('select * from provider_grants');
    expect(grant).toMatchObject({
      status: 'active',
      vendor: 'microsoft',
      access_token_sealed: expect.stringMatching(/^v1:k1:/),
      refresh_token_sealed: expect.stringMatching(/^v1:k1:/),
    });
    expect(grant?.['scopes']).toEqual(expect.arrayContaining(['Mail.Read', 'User.Read']));
    expect(connection?.['grant_id']).toBe(grant?.['id']);
    const audit = await world.rows(
      `select actor_id from admin_audit_log where action = 'account.connected' and target_id = $1`,
      [grant?.['id']],
    );
    expect(audit).toEqual([{ actor_id: world.tenants.acme.members.ana.id }]);
  });

  it.each(['own', 'real'] as const)(
    'accepts the issuer template: %s origin',
    async (issuerOrigin) => {
      await world.sandbox.control.microsoft.changeSettings({ issuerOrigin, scopeStyle: 'url' });
      // The metadata are kept per process: this one has them from its first consent.
      const fresh = openAccounts(world.address);
      try {
        const { authorizationUrl, cookie } = await fresh.accounts.connectProvider({
          organizationId: world.tenants.acme.id,
          userId: world.tenants.acme.members.ana.id,
          provider: 'outlook',
        });
        const callback = await world.sandbox.control.microsoft.consent(authorizationUrl, {
          account: 'home@outlook.test',
        });
        const result = await fresh.accounts.finishConnect({
          vendor: 'microsoft',
          query: callback.searchParams,
          cookie: () => cookie.value,
        });
        expect(result).toMatchObject({ kind: 'returned', location: '/?connected=outlook' });
      } finally {
        await fresh.close();
      }
    },
  );

  it.each<[string, ConnectChoice, string]>([
    ['O7 declined', { decision: 'cancel' }, 'declined'],
    [
      'partial consent',
      { scopes: ['openid', 'profile', 'email', 'offline_access', 'User.Read'] },
      'partial_consent',
    ],
    [
      'O14 another issuer',
      { change: (query) => query.set('iss', 'https://accounts.google.com') },
      'invalid: the answer comes from another issuer',
    ],
    ['O10 no code', { change: (query) => query.delete('code') }, 'invalid: there is no code'],
    [
      'O11 a code of 8 KB',
      { change: (query) => query.set('code', 'c'.repeat(8192)) },
      'invalid: the code is too long',
    ],
    [
      'O28 an id_token with another nonce',
      { alter: (query) => query.set('nonce', 'another') },
      'provider_protocol',
    ],
    [
      'a code for another verifier',
      { alter: (query) => query.set('code_challenge', 'C'.repeat(43)) },
      'provider_refused',
    ],
    [
      'a foreign code',
      { change: (query) => query.set('code', 'someone-elses') },
      'provider_refused',
    ],
    [
      'O1 no state',
      { change: (query) => query.delete('state') },
      'invalid: the state is missing or not one of ours',
    ],
    [
      'O2 unknown state',
      { change: (query) => query.set('state', 'A'.repeat(64)) },
      'invalid: the browser is not the one that asked',
    ],
    [
      'two states',
      { change: (query) => query.append('state', 'A'.repeat(64)) },
      'invalid: state is given twice',
    ],
    [
      'O5 another browser',
      { cookie: 'B'.repeat(43) },
      'invalid: the state is unknown, used, expired or foreign',
    ],
  ])('%s: nothing is connected', async (_, choice, outcome) => {
    expect(await reason(choice)).toBe(outcome);
    expect(await world.rows('select 1 from connections')).toEqual([]);
    expect(await world.rows('select 1 from provider_grants')).toEqual([]);
  });

  it('O4 refuses a state after ten minutes, and O13 on the other vendor’s path', async () => {
    const late = await world.connect({ change: () => world.advance(601) });
    expect(late).toMatchObject({ kind: 'invalid' });
    const { authorizationUrl, cookie } = await world.accounts.connectProvider({
      organizationId: world.tenants.acme.id,
      userId: world.tenants.acme.members.ana.id,
      provider: 'outlook',
    });
    const callback = await world.sandbox.control.microsoft.consent(authorizationUrl, {
      account: 'ana@acme.test',
    });
    const query = callback.searchParams;
    const finish = (vendor: 'google' | 'microsoft') =>
      world.accounts.finishConnect({ vendor, query, cookie: () => cookie.value });
    expect(await finish('google')).toMatchObject({ kind: 'invalid' });
    expect(await finish('microsoft')).toMatchObject({ location: '/?connected=outlook' });
    // Used: once is enough.
    expect(await finish('microsoft')).toMatchObject({ kind: 'invalid' });
  });

  it('lets one of twenty simultaneous callbacks through', async () => {
    const { authorizationUrl, cookie } = await world.accounts.connectProvider({
      organizationId: world.tenants.acme.id,
      userId: world.tenants.acme.members.ana.id,
      provider: 'outlook',
    });
    const callback = await world.sandbox.control.microsoft.consent(authorizationUrl, {
      account: 'ana@acme.test',
    });
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        world.accounts.finishConnect({
          vendor: 'microsoft',
          query: callback.searchParams,
          cookie: () => cookie.value,
        }),
      ),
    );
    const kinds = results.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'returned')).toHaveLength(1);
  });
});
