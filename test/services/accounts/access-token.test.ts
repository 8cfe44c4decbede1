import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { type AccountsWorld, startAccountsWorld } from './world.ts';

let world: AccountsWorld;
let grantId = '';

beforeAll(async () => {
  world = await startAccountsWorld();
});
beforeEach(async () => {
  await world.sandbox.control.reset();
  for (const table of ['connections', 'provider_grants', 'notifications', 'mail_outbox']) {
    await world.rows(`delete from ${table}`);
  }
  await world.connect();
  const [grant] = await world.rows<{ id: string }>('select id from provider_grants');
  grantId = grant?.id ?? '';
});
afterAll(() => world.close());

const token = (options = {}) => world.accounts.accessToken(world.tenants.acme.id, grantId, options);
const expire = () =>
  world.rows(`update provider_grants set access_expires_at = now() + interval '4 minutes'`);
const fault = (action: FaultRuleInput['action'], times?: number) =>
  world.sandbox.control.faults.add({
    match: { path: '/oauth2/v2.0/token$' },
    action,
    ...(times === undefined ? {} : { times }),
  });
const grant = async () => {
  const [row] = await world.rows('select * from provider_grants');
  return row ?? {};
};
const connection = async () => {
  const [row] = await world.rows('select status, status_reason from connections');
  return row ?? {};
};

describe('a token for a call', () => {
  it('is the present one while it is good for more than five minutes', async () => {
    const calls = await world.tokenCalls();
    const first = await token();
    expect(await token()).toBe(first);
    expect(await world.tokenCalls()).toBe(calls);
  });

  it('is refreshed with less than five minutes left, and the rotated token is kept', async () => {
    await world.sandbox.control.microsoft.changeSettings({ refreshReuse: 'revoke-family' });
    const first = await token();
    const before = await grant();
    for (let round = 0; round < 3; round += 1) {
      await expire();
      expect(await token()).not.toBe(first);
    }
    const after = await grant();
    expect(after['refresh_token_sealed']).not.toBe(before['refresh_token_sealed']);
    expect(after).toMatchObject({ status: 'active', refresh_failures: 0 });
  });

  it('is renewed when the provider refused it, once for all who were refused', async () => {
    const rejected = await token();
    const calls = await world.tokenCalls();
    const renewed = await Promise.all(Array.from({ length: 10 }, () => token({ rejected })));
    expect(new Set(renewed).size).toBe(1);
    expect(renewed[0]).not.toBe(rejected);
    expect((await world.tokenCalls()) - calls).toBe(1);
    expect(await token({ rejected })).toBe(renewed[0]);
  });

  it('is asked for once by 50 callers at a time', async () => {
    await expire();
    const calls = await world.tokenCalls();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => token()));
    expect(new Set(tokens).size).toBe(1);
    expect((await world.tokenCalls()) - calls).toBe(1);
  });

  it('does not exist for an unknown grant or another organisation’s', async () => {
    const other = world.tenants.globex.id;
    const cause = { code: 'NOT_FOUND' };
    await expect(world.accounts.accessToken(other, grantId)).rejects.toMatchObject(cause);
  });
});

describe('a refresh that fails for a while', () => {
  it.each<[string, FaultRuleInput['action']]>([
    ['503', { type: 'status', status: 503 }],
    ['500 with invalid_grant', { type: 'status', status: 500, body: { error: 'invalid_grant' } }],
    ['bad JSON', { type: 'truncate', declareFullLength: false }],
    ['a body cut short', { type: 'truncate' }],
    ['HTML', { type: 'html' }],
    ['null', { type: 'null' }],
    ['a reset', { type: 'reset' }],
    ['invalid_client', { type: 'status', status: 401, body: { error: 'invalid_client' } }],
    [
      'temporarily_unavailable',
      { type: 'status', status: 400, body: { error: 'temporarily_unavailable' } },
    ],
    [
      'no lifetime',
      { type: 'status', status: 200, body: { token_type: 'Bearer', access_token: 'a' } },
    ],
  ])('%s keeps the connection and overwrites no token', async (_, action) => {
    const before = await grant();
    await world.rows('update provider_grants set access_expires_at = now()');
    await fault(action);
    await expect(token()).rejects.toMatchObject({
      failure: 'PROVIDER_UNAVAILABLE',
      details: { retryAfterSeconds: expect.any(Number) },
    });
    const calls = await world.tokenCalls();
    await expect(token()).rejects.toMatchObject({ failure: 'PROVIDER_UNAVAILABLE' });
    expect(await world.tokenCalls()).toBe(calls);
    const after = await grant();
    expect(after).toMatchObject({
      status: 'active',
      refresh_failures: 1,
      access_token_sealed: before['access_token_sealed'],
      refresh_token_sealed: before['refresh_token_sealed'],
    });
    expect(await connection()).toMatchObject({ status: 'connected' });
    expect(await world.rows('select 1 from notifications')).toEqual([]);
    await world.sandbox.control.faults.clear();
    await world.rows('update provider_grants set refresh_retry_at = now()');
    await expect(token()).resolves.toBeTypeOf('string');
    expect(await grant()).toMatchObject({ refresh_failures: 0, refresh_retry_at: null });
  });

  it('waits longer each time, and as told', async () => {
    await world.rows('update provider_grants set access_expires_at = now()');
    await fault({ type: 'status', status: 503 });
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await world.rows('update provider_grants set refresh_retry_at = null');
      const error = await token().catch((thrown) => thrown);
      waits.push(error.details.retryAfterSeconds);
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(new Set(waits).size).toBe(4);
    await world.sandbox.control.faults.clear();
    await fault({ type: 'throttle', seconds: 300 });
    await world.rows('update provider_grants set refresh_retry_at = null');
    await expect(token()).rejects.toMatchObject({
      failure: 'RATE_LIMITED',
      details: { retryAfterSeconds: 300 },
    });
  });

  it('uses up the present token meanwhile', async () => {
    const present = await token();
    await expire();
    await fault({ type: 'status', status: 503 });
    await expect(token()).rejects.toMatchObject({ failure: 'PROVIDER_UNAVAILABLE' });
    expect(await token({ minimumSeconds: 60 })).toBe(present);
  });
});

describe('a grant that is over', () => {
  it('waits for the member: one notice, no more calls, until the same account is connected again', async () => {
    await world.sandbox.control.microsoft.revokeGrants('ana@acme.test', { code: 50173 });
    await expire();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => token()));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { failure: 'NEEDS_REAUTH' } });
    }
    const calls = await world.tokenCalls();
    await expect(token()).rejects.toMatchObject({ failure: 'NEEDS_REAUTH' });
    expect(await world.tokenCalls()).toBe(calls);
    expect(await grant()).toMatchObject({
      status: 'reconnect_required',
      access_token_sealed: null,
      refresh_token_sealed: null,
      status_reason: expect.stringContaining('AADSTS50173'),
    });
    expect(await connection()).toMatchObject({ status: 'reconnect_required' });
    const notices = await world.rows('select user_id, kind, read_at from notifications');
    const userId = world.tenants.acme.members.ana.id;
    expect(notices).toEqual([{ user_id: userId, kind: 'reconnect_required', read_at: null }]);
    expect(await world.rows('select to_address from mail_outbox')).toEqual([
      { to_address: 'ana@acme.test' },
    ]);
    const refused = await world.connect({ account: 'ben@acme.test' });
    expect(refused).toMatchObject({ location: expect.stringContaining('different_account') });
    await world.connect();
    await expect(token()).resolves.toBeTypeOf('string');
    expect(await connection()).toMatchObject({ status: 'connected', status_reason: null });
    const [notice] = await world.rows('select read_at from notifications');
    expect(notice?.['read_at']).toBeInstanceOf(Date);
  });

  it('leaves other members alone', async () => {
    await world.connect({ userId: world.tenants.acme.members.ben.id, account: 'ben@acme.test' });
    await world.sandbox.control.microsoft.revokeGrants('ana@acme.test');
    await expire();
    await expect(token()).rejects.toMatchObject({ failure: 'NEEDS_REAUTH' });
    const [ben] = await world.rows<{ id: string }>(
      `select id from provider_grants where email = 'ben@acme.test' and status = 'active'`,
    );
    await expect(
      world.accounts.accessToken(world.tenants.acme.id, ben?.id ?? ''),
    ).resolves.toBeTypeOf('string');
  });

  it('asks once more at AADSTS70000, which passes at times', async () => {
    await expire();
    const body = { error: 'invalid_grant', error_codes: [70000] };
    await fault({ type: 'status', status: 400, body }, 1);
    await expect(token()).resolves.toBeTypeOf('string');
    await expire();
    const calls = await world.tokenCalls();
    await fault({ type: 'status', status: 400, body });
    await expect(token()).rejects.toMatchObject({ failure: 'NEEDS_REAUTH' });
    expect((await world.tokenCalls()) - calls).toBe(2);
  });

  it('ends too when fresh tokens are refused by the mailbox', async () => {
    const [row] = await world.rows<{ id: string }>('select id from connections');
    const mail = await world.accounts.openMail({
      organizationId: world.tenants.acme.id,
      connectionId: row?.id ?? '',
    });
    await expect(mail.identity()).resolves.toMatchObject({ email: 'ana@acme.test' });
    await world.sandbox.control.faults.add({
      match: { path: '/v1.0/me' },
      action: {
        type: 'status',
        status: 401,
        body: { error: { code: 'InvalidAuthenticationToken' } },
      },
    });
    await expect(mail.listFolders()).rejects.toMatchObject({ failure: 'NEEDS_REAUTH' });
    expect(await connection()).toMatchObject({ status: 'reconnect_required' });
  });
});
