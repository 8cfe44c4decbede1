import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { type AccountsWorld, type ConnectChoice, publicUrl, startAccountsWorld } from './world.ts';

let world: AccountsWorld;

beforeAll(async () => {
  world = await startAccountsWorld();
});
afterEach(async () => {
  await world.sandbox.control.reset();
  await world.rows('delete from messages');
  await world.rows('delete from connections');
  await world.rows('delete from provider_grants');
});
afterAll(() => world.close());

const outcome = async (choice: ConnectChoice = {}) => {
  const result = await world.connect(choice);
  if (result.kind === 'invalid') return `invalid: ${result.why}`;
  const { searchParams } = new URL(result.location, publicUrl);
  return searchParams.get('connect_error') ?? `connected ${searchParams.get('connected')}`;
};
const subjects = async () =>
  (await world.rows<{ subject: string }>('select subject from provider_grants order by 1')).map(
    ({ subject }) => subject,
  );

describe('who an account is', () => {
  it('is told by directory and object id', async () => {
    await outcome();
    const accounts = await world.sandbox.control.microsoft.accounts();
    const ana = accounts.find(({ email }) => email === 'ana@acme.test');
    expect(await subjects()).toEqual([`${ana?.tenantId}:${ana?.oid}`]);
  });

  it('refuses another account behind a live connection, and keeps the first', async () => {
    await outcome();
    const before = await subjects();
    expect(await outcome({ account: 'ben@acme.test' })).toBe('different_account');
    expect(await subjects()).toEqual(before);
    const connections = await world.rows('select account_email, status from connections');
    expect(connections).toEqual([{ account_email: 'ana@acme.test', status: 'connected' }]);
  });

  it('lets another account in only after disconnecting, and only without mail of the first', async () => {
    await outcome();
    const [connection] = await world.rows<{ id: string }>('select id from connections');
    const input = {
      organizationId: world.tenants.acme.id,
      userId: world.tenants.acme.members.ana.id,
      connectionId: connection?.id ?? '',
    };
    await world.rows(
      `insert into messages (org_id, connection_id, user_id, provider_message_id, direction, received_at)
       values ($1, $2, $3, 'm1', 'inbound', now())`,
      [input.organizationId, input.connectionId, input.userId],
    );
    await world.accounts.disconnectProvider({ ...input, keepMail: true });
    expect(await outcome({ account: 'ben@acme.test' })).toBe('different_account');
    const ended = await world.accounts.disconnectProvider({ ...input, keepMail: false });
    expect(ended.deletedMessages).toBe(1);
    expect(await outcome({ account: 'ben@acme.test' })).toBe('connected outlook');
  });

  it('O31 never links by address: the same mail with another subject is another account', async () => {
    await outcome();
    await world.rows(`update provider_grants set subject = 'elsewhere:someone'`);
    await world.rows(`update connections set account_subject = 'elsewhere:someone'`);
    expect(await outcome()).toBe('different_account');
    const userId = world.tenants.acme.members.ben.id;
    expect(await outcome({ userId })).toBe('connected outlook');
    const accounts = await world.rows(`select user_id, email from provider_grants order by email`);
    expect(accounts).toHaveLength(2);
  });

  it('O32 refuses an account that another organisation holds, until that one lets go', async () => {
    expect(await outcome()).toBe('connected outlook');
    const elsewhere = {
      organizationId: world.tenants.globex.id,
      userId: world.tenants.globex.members.gus.id,
    };
    expect(await outcome(elsewhere)).toBe('already_connected_elsewhere');
    const [connection] = await world.rows<{ id: string }>('select id from connections');
    await world.accounts.disconnectProvider({
      organizationId: world.tenants.acme.id,
      userId: world.tenants.acme.members.ana.id,
      connectionId: connection?.id ?? '',
      keepMail: true,
    });
    expect(await outcome(elsewhere)).toBe('connected outlook');
  });

  it('lets one of two organisations win that connect one account at once', async () => {
    const { acme, globex } = world.tenants;
    const askers = [
      { organizationId: acme.id, userId: acme.members.ana.id },
      { organizationId: globex.id, userId: globex.members.gus.id },
    ];
    for (let round = 0; round < 10; round += 1) {
      const ready = await Promise.all(
        askers.map(async (asker) => {
          const asked = await world.accounts.connectProvider({ ...asker, provider: 'outlook' });
          const callback = await world.sandbox.control.microsoft.consent(asked.authorizationUrl, {
            account: 'ana@acme.test',
          });
          return { query: callback.searchParams, cookie: () => asked.cookie.value };
        }),
      );
      const results = await Promise.all(
        ready.map((one) => world.accounts.finishConnect({ vendor: 'microsoft', ...one })),
      );
      const locations = results.map((result) =>
        result.kind === 'returned' ? result.location : '',
      );
      expect(locations.toSorted()).toEqual([
        '/?connect_error=already_connected_elsewhere&provider=outlook',
        '/?connected=outlook',
      ]);
      await world.rows('delete from connections');
      await world.rows('delete from provider_grants');
    }
  });

  it('refuses a member who left meanwhile', async () => {
    const userId = world.tenants.acme.members.ben.id;
    const asked = await world.accounts.connectProvider({
      organizationId: world.tenants.globex.id,
      userId,
      provider: 'outlook',
    });
    const callback = await world.sandbox.control.microsoft.consent(asked.authorizationUrl, {
      account: 'ben@acme.test',
    });
    const result = await world.accounts.finishConnect({
      vendor: 'microsoft',
      query: callback.searchParams,
      cookie: () => asked.cookie.value,
    });
    expect(result).toMatchObject({ location: '/?connect_error=not_a_member&provider=outlook' });
  });

  it('extends one grant by a second consent', async () => {
    await outcome();
    expect(await outcome({ provider: 'onedrive' })).toBe('connected onedrive');
    const grants = await world.rows<{ scopes: string[] }>('select scopes from provider_grants');
    expect(grants).toHaveLength(1);
    expect(grants[0]?.scopes).toEqual(expect.arrayContaining(['Mail.Read', 'Files.Read.All']));
  });
});

describe('answers of the token endpoint that are not used', () => {
  const token = (change: object): FaultRuleInput => ({
    match: { path: '/oauth2/v2.0/token$' },
    action: {
      type: 'status',
      status: 200,
      body: {
        token_type: 'Bearer',
        scope: 'User.Read Mail.Read',
        expires_in: 3600,
        access_token: 'access',
        refresh_token: 'refresh',
        ...change,
      },
    },
  });
  it.each<[string, FaultRuleInput, string]>([
    ['no id_token', token({}), 'provider_protocol'],
    ['O25 token_type mac', token({ token_type: 'mac' }), 'provider_protocol'],
    ['O23 expires_in "-1"', token({ expires_in: '-1' }), 'provider_protocol'],
    ['no access token', token({ access_token: null }), 'provider_protocol'],
    ['a forged id_token', token({ id_token: 'eyJhbGciOiJub25lIn0.e30.' }), 'provider_protocol'],
    [
      'O26 HTML with 200',
      { match: { path: '/token$' }, action: { type: 'html' } },
      'provider_protocol',
    ],
    ['null', { match: { path: '/token$' }, action: { type: 'null' } }, 'provider_protocol'],
    [
      '503',
      { match: { path: '/token$' }, action: { type: 'status', status: 503 } },
      'provider_unavailable',
    ],
    ['a reset', { match: { path: '/token$' }, action: { type: 'reset' } }, 'provider_unavailable'],
  ])('%s', async (_, rule, expected) => {
    await world.connect({ decision: 'cancel' });
    await world.sandbox.control.faults.add(rule);
    const before = await world.tokenCalls();
    expect(await outcome()).toBe(expected);
    // A code is redeemed once, whatever happens.
    expect((await world.tokenCalls()) - before).toBe(1);
    expect(await subjects()).toEqual([]);
  });

  it('O20 no refresh token', async () => {
    const scopes = ['openid', 'profile', 'email', 'User.Read', 'Mail.Read'];
    expect(await outcome({ scopes })).toBe('no_refresh_token');
  });
});
