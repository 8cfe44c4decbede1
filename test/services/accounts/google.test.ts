import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { type AccountsWorld, type ConnectChoice, startAccountsWorld } from './world.ts';

const gmailScope = 'https://www.googleapis.com/auth/gmail.readonly';
const metadataScope = 'https://www.googleapis.com/auth/gmail.metadata';
const user = 'ana@acme.test';

let world: AccountsWorld;
const asked: URLSearchParams[] = [];

beforeAll(async () => {
  world = await startAccountsWorld();
});
beforeEach(async () => {
  asked.length = 0;
  await world.sandbox.control.reset();
  for (const table of ['connections', 'provider_grants', 'notifications', 'mail_outbox']) {
    await world.rows(`delete from ${table}`);
  }
});
afterAll(() => world.close());

const outcome = async (choice: ConnectChoice = {}) => {
  const result = await world.connect({
    provider: 'gmail',
    ...choice,
    alter: (query) => {
      asked.push(new URLSearchParams(query));
      choice.alter?.(query);
    },
  });
  if (result.kind === 'invalid') return `invalid: ${result.why}`;
  const query = new URL(result.location, 'http://x').searchParams;
  return query.get('connect_error') ?? `connected ${query.get('connected')}`;
};
const grant = async () => {
  const [row] = await world.rows<{ id: string; scopes: string[]; refresh_token_sealed: string }>(
    'select * from provider_grants',
  );
  if (!row) throw new Error('no grant');
  return row;
};
const expire = () =>
  world.rows(`update provider_grants set access_expires_at = now() + interval '4 minutes'`);
const token = async () => world.accounts.accessToken(world.tenants.acme.id, (await grant()).id);
const disconnect = async (userId = world.tenants.acme.members.ana.id) => {
  const [connection] = await world.rows<{ id: string }>(
    'select id from connections where tenant_id = $1',
    [userId],
  );
  return world.accounts.disconnectProvider({
    organizationId: world.tenants.acme.id,
    userId,
    connectionId: connection?.id ?? '',
    keepMail: true,
  });
};
const fault = (path: string, action: FaultRuleInput['action'], times = 1) =>
  world.sandbox.control.faults.add({ match: { path }, action, times });

describe('connecting Gmail', () => {
  it('asks for offline access with PKCE, and binds the account by sub', async () => {
    expect(await outcome()).toBe('connected gmail');
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      access_type: 'offline',
      include_granted_scopes: 'true',
      prompt: 'select_account consent',
      code_challenge_method: 'S256',
      scope: `openid email ${gmailScope}`,
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const accounts = await world.sandbox.control.google.accounts();
    const ana = accounts.find(({ email }) => email === user);
    expect(await world.rows('select subject, tenant, email, vendor from provider_grants')).toEqual([
      { subject: ana?.sub, tenant: null, email: user, vendor: 'google' },
    ]);
    expect(await world.rows('select provider_key, status from connections')).toEqual([
      { provider_key: 'gmail', status: 'connected' },
    ]);
  });

  it.each(['own', 'real', 'bare'] as const)('takes Google’s issuer as %s', async (issuer) => {
    await world.sandbox.control.google.changeSettings({ issuer });
    expect(await outcome()).toBe('connected gmail');
    expect(await world.tokenCalls()).toBe(1);
  });

  it('refuses another issuer in the callback, a wrong nonce and a foreign verifier', async () => {
    const iss = (query: URLSearchParams) => query.set('iss', 'https://login.microsoftonline.com');
    expect(await outcome({ change: iss })).toBe('invalid: the answer comes from another issuer');
    expect(await outcome({ alter: (query) => query.set('nonce', 'other') })).toBe(
      'provider_protocol',
    );
    expect(await outcome({ alter: (query) => query.set('code_challenge', 'x'.repeat(43)) })).toBe(
      'provider_refused',
    );
  });

  it('asks for no second consent while the stored one works, and keeps its refresh token', async () => {
    await outcome();
    const before = (await grant()).refresh_token_sealed;
    expect(await outcome()).toBe('connected gmail');
    expect(asked[1]?.get('prompt')).toBeNull();
    expect(asked[1]?.get('login_hint')).toBe(user);
    expect((await grant()).refresh_token_sealed).toBe(before);
    await expire();
    await expect(token()).resolves.toMatch(/^ya29/);
    expect((await grant()).refresh_token_sealed).toBe(before);
  });

  it('asks for consent again when the stored refresh token is gone or too narrow', async () => {
    await outcome();
    await world.rows(`update provider_grants set scopes = '{openid}'`);
    expect(await outcome()).toBe('connected gmail');
    expect(asked[1]?.get('prompt')).toBe('consent');
    await world.rows(
      `update provider_grants set status = 'reconnect_required', refresh_token_sealed = null`,
    );
    expect(await outcome()).toBe('connected gmail');
    expect(asked[2]?.get('prompt')).toBe('consent');
    await expire();
    await expect(token()).resolves.toMatch(/^ya29/);
  });

  it('O20 says so when Google hands out no refresh token and none is stored', async () => {
    await outcome();
    await world.rows('delete from connections');
    await world.rows('delete from provider_grants');
    expect(await outcome({ alter: (query) => query.delete('prompt') })).toBe('no_refresh_token');
  });

  it('refuses a consent with the mail box unticked, and one for another account', async () => {
    expect(await outcome({ scopes: ['openid', 'email'] })).toBe('partial_consent');
    expect(await outcome()).toBe('connected gmail');
    expect(await outcome({ account: 'ben@acme.test' })).toBe('different_account');
    expect(await outcome({ decision: 'cancel' })).toBe('declined');
  });

  it.each<[string, FaultRuleInput['action'], string]>([
    [
      'O22 no lifetime',
      { type: 'status', status: 200, body: { access_token: 'a', token_type: 'Bearer' } },
      'provider_protocol',
    ],
    [
      'O25 another token type',
      {
        type: 'status',
        status: 200,
        body: { access_token: 'a', token_type: 'mac', expires_in: 9 },
      },
      'provider_protocol',
    ],
    ['O26 HTML with 200', { type: 'html' }, 'provider_protocol'],
    ['an outage', { type: 'status', status: 503 }, 'provider_unavailable'],
    [
      'a wrong client',
      { type: 'status', status: 401, body: { error: 'invalid_client' } },
      'provider_unavailable',
    ],
  ])('%s: nothing is stored, and the code is sent once', async (_, action, failure) => {
    await fault('/token$', action);
    expect(await outcome()).toBe(failure);
    expect(await world.rows('select 1 from provider_grants')).toEqual([]);
    expect(await world.tokenCalls()).toBe(1);
  });
});

describe('Google’s tokens', () => {
  it.each(['revoked', 'rapt'] as const)('end the grant when Google says %s', async (reason) => {
    await outcome();
    await expire();
    await world.sandbox.control.google.revokeGrants(user, { reason });
    await expect(token()).rejects.toMatchObject({ failure: 'NEEDS_REAUTH' });
    expect(await world.rows('select status, refresh_token_sealed from provider_grants')).toEqual([
      { status: 'reconnect_required', refresh_token_sealed: null },
    ]);
    expect(await world.rows('select 1 from notifications')).toHaveLength(1);
    expect(await outcome()).toBe('connected gmail');
    await expire();
    await expect(token()).resolves.toMatch(/^ya29/);
  });

  it.each<[string, FaultRuleInput['action']]>([
    ['an outage', { type: 'status', status: 500, body: { error: 'invalid_grant' } }],
    ['a wrong client', { type: 'status', status: 401, body: { error: 'invalid_client' } }],
    ['HTML', { type: 'html' }],
  ])('outlive %s', async (_, action) => {
    await outcome();
    await expire();
    await world.rows('update provider_grants set access_token_sealed = null');
    await fault('/token$', action);
    await expect(token()).rejects.toMatchObject({ failure: 'PROVIDER_UNAVAILABLE' });
    expect(await world.rows('select status from provider_grants')).toEqual([{ status: 'active' }]);
  });

  it('end when a permission was taken back and Gmail refuses', async () => {
    await outcome();
    await world.sandbox.control.google.withdrawScopes(user, [gmailScope, metadataScope]);
    const [connection] = await world.rows<{ id: string }>('select id from connections');
    const mail = await world.accounts.openMail({
      organizationId: world.tenants.acme.id,
      connectionId: connection?.id ?? '',
    });
    const window = { from: new Date(0), to: null };
    await expect(mail.countMessages('all', window)).rejects.toMatchObject({
      failure: 'NEEDS_REAUTH',
    });
    const [row] = await world.rows('select status, status_reason from connections');
    expect(row).toMatchObject({
      status: 'reconnect_required',
      status_reason: expect.stringContaining('permission is missing'),
    });
  });
});

describe('disconnecting Gmail', () => {
  const live = async () => {
    const { refreshTokens } = await world.sandbox.control.google.revokeGrants(user);
    return refreshTokens;
  };

  it('revokes the grant at Google', async () => {
    await outcome();
    expect(await disconnect()).toMatchObject({ tokensForgotten: true });
    expect(await live()).toBe(0);
    expect(await outcome()).toBe('connected gmail');
  });

  it('leaves it alone while another member holds the same account', async () => {
    await outcome();
    await outcome({ userId: world.tenants.acme.members.ben.id });
    await disconnect();
    await world.rows(
      `update provider_grants set access_expires_at = now() where status = 'active'`,
    );
    const [other] = await world.rows<{ id: string }>(
      `select id from provider_grants where status = 'active'`,
    );
    await expect(
      world.accounts.accessToken(world.tenants.acme.id, other?.id ?? ''),
    ).resolves.toMatch(/^ya29/);
    await disconnect(world.tenants.acme.members.ben.id);
    expect(await live()).toBe(0);
  });

  it('tries again after a hitch, and forgets the tokens even if Google is down', async () => {
    await outcome();
    await fault('/revoke$', { type: 'status', status: 503 }, 2);
    await disconnect();
    expect(await live()).toBe(0);
    await outcome();
    await fault('/revoke$', { type: 'status', status: 503 }, 9);
    expect(await disconnect()).toMatchObject({ tokensForgotten: true });
    expect(await live()).toBe(1);
    expect(world.lines.join()).toContain('could not be revoked');
    expect(world.lines.join()).not.toMatch(/ya29\.|1\/\/0/);
  });
});
