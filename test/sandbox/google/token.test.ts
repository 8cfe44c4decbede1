import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, readonly, scopes, user } from './support/gmail.ts';
import { authorizeUrl, connect, redeem, refresh, tokenRequest } from './support/oauth.ts';

const day = 86_400;

describe('the token endpoint', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  const consent = (query: Record<string, string> = {}) =>
    sandbox.control.google.consent(authorizeUrl(sandbox, query), { account: user });
  const mailStatus = async (token: unknown): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${sandbox.url}/gmail/v1/users/me/profile`, { headers })).status;
  };

  it('answers with the members Google sends', async () => {
    const tokens = await connect(sandbox);
    expect(tokens).toMatchObject({ expires_in: 3599, token_type: 'Bearer' });
    expect(tokens['access_token']).toMatch(/^ya29\./);
    expect(tokens['refresh_token']).toMatch(/^1\/\/0/);
    expect(String(tokens['scope']).split(' ')).toHaveLength(scopes.length);
    expect(await mailStatus(tokens['access_token'])).toBe(200);
  });

  it('gives a refresh token on the first offline consent, and again only with prompt=consent', async () => {
    expect(await connect(sandbox, { access_type: 'online' })).not.toHaveProperty('refresh_token');
    expect(await connect(sandbox)).toHaveProperty('refresh_token');
    expect(await connect(sandbox)).not.toHaveProperty('refresh_token');
    expect(await connect(sandbox, { prompt: 'consent' })).toHaveProperty('refresh_token');
  });

  it('takes a code once', async () => {
    const back = await consent();
    expect((await redeem(sandbox, back)).status).toBe(200);
    expect(await redeem(sandbox, back)).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Bad Request' },
    });
  });

  it.each([
    ['an unknown code', { code: '4/0Axyz' }, 400, 'invalid_grant', 'Malformed auth code.'],
    [
      'a wrong verifier',
      { code_verifier: 'x'.repeat(43) },
      400,
      'invalid_grant',
      'Invalid code verifier.',
    ],
    [
      'another redirect address',
      { redirect_uri: 'http://127.0.0.1/' },
      400,
      'redirect_uri_mismatch',
      'Bad Request',
    ],
    ['a wrong secret', { client_secret: 'no' }, 401, 'invalid_client', 'Unauthorized'],
    [
      'an unknown client',
      { client_id: 'no' },
      401,
      'invalid_client',
      'The OAuth client was not found.',
    ],
    [
      'another grant type',
      { grant_type: 'password' },
      400,
      'unsupported_grant_type',
      'Invalid grant_type: password',
    ],
    ['no code', { code: '' }, 400, 'invalid_request', 'Missing required parameter: code'],
  ])('refuses %s', async (_what, form, status, error, description) => {
    const answer = await redeem(sandbox, await consent(), form);
    expect(answer).toEqual({ status, body: { error, error_description: description } });
  });

  it('refuses a code without its verifier, and one that is too old', async () => {
    const back = await consent();
    const code = back.searchParams.get('code') ?? '';
    const client = { client_id: 'lockstep-sandbox', client_secret: 'lockstep-sandbox-secret' };
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1:9/callback',
    };
    const bare = await tokenRequest(sandbox, { ...client, ...form });
    expect(bare.body['error_description']).toBe('Missing code verifier.');
    await sandbox.control.clock.advance({ seconds: 601 });
    expect((await redeem(sandbox, back)).body['error']).toBe('invalid_grant');
  });

  it('refreshes without rotation', async () => {
    const first = await connect(sandbox);
    const second = await refresh(sandbox, first['refresh_token']);
    expect(second.status).toBe(200);
    expect(second.body).not.toHaveProperty('refresh_token');
    expect(second.body['access_token']).not.toBe(first['access_token']);
    expect((await refresh(sandbox, first['refresh_token'])).status).toBe(200);
    expect(await mailStatus(second.body['access_token'])).toBe(200);
  });

  it('narrows a refresh to the scopes asked for, and refuses others', async () => {
    const { refresh_token: token } = await connect(sandbox);
    expect((await refresh(sandbox, token, { scope: readonly })).body['scope']).toBe(readonly);
    const wider = await refresh(sandbox, token, { scope: 'https://mail.google.com/' });
    expect(wider.body['error']).toBe('invalid_scope');
  });

  it('keeps an older refresh token to its scopes, or widens it as set', async () => {
    const calendar = 'https://www.googleapis.com/auth/calendar.events';
    const { refresh_token: token } = await connect(sandbox);
    await connect(sandbox, { scope: calendar, include_granted_scopes: 'true' });
    expect((await refresh(sandbox, token)).body['scope']).not.toContain(calendar);
    await sandbox.control.google.changeSettings({ refreshScopes: 'granted' });
    expect((await refresh(sandbox, token)).body['scope']).toContain(calendar);
  });

  it.each(['form', 'query'])(
    'revokes by the %s, and the next consent is a first one',
    async (where) => {
      const tokens = await connect(sandbox);
      const token = String(tokens['refresh_token']);
      const revoke = () =>
        where === 'form'
          ? fetch(`${sandbox.url}/revoke`, { method: 'POST', body: new URLSearchParams({ token }) })
          : fetch(`${sandbox.url}/revoke?token=${encodeURIComponent(token)}`, { method: 'POST' });
      const answer = await revoke();
      expect([answer.status, await answer.json()]).toEqual([200, {}]);
      expect(await mailStatus(tokens['access_token'])).toBe(401);
      expect((await refresh(sandbox, token)).body).toEqual({
        error: 'invalid_grant',
        error_description: 'Token has been expired or revoked.',
      });
      const again = await revoke();
      expect([again.status, await again.json()]).toMatchObject([400, { error: 'invalid_token' }]);
      expect(await connect(sandbox)).toHaveProperty('refresh_token');
    },
  );

  it('asks for a new sign-in by invalid_rapt', async () => {
    const { refresh_token: token } = await connect(sandbox);
    await sandbox.control.google.revokeGrants(user, { reason: 'rapt' });
    expect((await refresh(sandbox, token)).body).toMatchObject({
      error: 'invalid_grant',
      error_subtype: 'invalid_rapt',
    });
  });

  it('lets the oldest of more than 100 refresh tokens die silently', async () => {
    const { refresh_token: oldest } = await connect(sandbox);
    const issue = () => sandbox.control.google.issueTokens({ user, scopes });
    const { refresh_token: second } = await issue();
    for (let i = 0; i < 98; i += 1) await issue();
    expect((await refresh(sandbox, oldest)).status).toBe(200);
    await issue();
    expect((await refresh(sandbox, oldest)).body['error']).toBe('invalid_grant');
    expect((await refresh(sandbox, second)).status).toBe(200);
  });

  it('ends refresh tokens after seven days in testing, after half a year unused else', async () => {
    await sandbox.control.google.changeSettings({ publishing: 'testing' });
    const testing = await connect(sandbox);
    expect(testing['refresh_token_expires_in']).toBe(7 * day - 1);
    await sandbox.control.google.changeSettings({ publishing: 'production' });
    const production = await connect(sandbox, { prompt: 'consent' });
    expect(production).not.toHaveProperty('refresh_token_expires_in');
    await sandbox.control.clock.advance({ seconds: 7 * day });
    expect((await refresh(sandbox, testing['refresh_token'])).body['error']).toBe('invalid_grant');
    expect((await refresh(sandbox, production['refresh_token'])).status).toBe(200);
    await sandbox.control.clock.advance({ seconds: 182 * day });
    expect((await refresh(sandbox, production['refresh_token'])).status).toBe(200);
    await sandbox.control.clock.advance({ seconds: 183 * day });
    expect((await refresh(sandbox, production['refresh_token'])).status).toBe(400);
  });

  it('survives a restart with its tokens', async () => {
    const { refresh_token: token, access_token: access } = await connect(sandbox);
    const snapshot = await sandbox.control.snapshot();
    await sandbox.control.reset();
    expect(await mailStatus(access)).toBe(401);
    await sandbox.control.restore(snapshot);
    expect(await mailStatus(access)).toBe(200);
    expect((await refresh(sandbox, token)).status).toBe(200);
  });
});
