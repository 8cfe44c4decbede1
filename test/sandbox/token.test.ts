import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed } from './support/graph.ts';
import { authorizeUrl, redeem, refresh, type TokenResult, tokenRequest } from './support/oauth.ts';

const account = 'ana@acme.test';

describe('the token endpoint', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  const consent = () => sandbox.control.microsoft.consent(authorizeUrl(sandbox), { account });
  const signIn = async () => (await redeem(sandbox, await consent())).body;
  const fault = ({ status, body }: TokenResult) => ({
    status,
    error: body['error'],
    codes: body['error_codes'],
  });
  const me = async (token: unknown) =>
    (await fetch(`${sandbox.url}/v1.0/me`, { headers: { authorization: `Bearer ${token}` } }))
      .status;

  it('takes a code once', async () => {
    const back = await consent();
    expect((await redeem(sandbox, back)).status).toBe(200);
    expect(fault(await redeem(sandbox, back))).toEqual({
      status: 400,
      error: 'invalid_grant',
      codes: [54005],
    });
  });

  it('lets a code expire after ten minutes of the sandbox clock', async () => {
    const back = await consent();
    await sandbox.control.clock.advance({ seconds: 601 });
    expect(fault(await redeem(sandbox, back))).toEqual({
      status: 400,
      error: 'invalid_grant',
      codes: [70008],
    });
  });

  it.each([
    [{ code_verifier: 'w'.repeat(43) }, 400, 'invalid_grant', 501481],
    [{ code: 'no-such-code' }, 400, 'invalid_grant', 70000],
    [{ redirect_uri: 'http://127.0.0.1:9/other' }, 401, 'invalid_client', 500112],
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ])('refuses %o', async (form, status, error, code) => {
    expect(fault(await redeem(sandbox, await consent(), form))).toEqual({
      status,
      error,
      codes: [code],
    });
  });

  it('writes errors as Entra does', async () => {
    const { body, headers } = await redeem(sandbox, await consent(), { code: 'x' });
    expect(body['error_description']).toMatch(
      /^AADSTS70000: .*\r\nTrace ID: [0-9a-f-]{36}\r\nCorrelation ID: [0-9a-f-]{36}\r\nTimestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
    );
    expect(body['trace_id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(body['error_uri']).toBe('https://login.microsoftonline.com/error?code=70000');
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('takes the secret by Basic too', async () => {
    const basic = Buffer.from('lockstep-sandbox:lockstep-sandbox-secret').toString('base64');
    const { refresh_token } = await signIn();
    const form = { grant_type: 'refresh_token', refresh_token: String(refresh_token) };
    expect((await tokenRequest(sandbox, form, { authorization: `Basic ${basic}` })).status).toBe(
      200,
    );
    expect(
      fault(await tokenRequest(sandbox, { ...form, client_id: 'lockstep-sandbox' })).codes,
    ).toEqual([7000218]);
  });

  it('rotates refresh tokens and leaves the old one alive', async () => {
    const first = await signIn();
    const second = await refresh(sandbox, first['refresh_token']);
    expect(second.status).toBe(200);
    expect(second.body['refresh_token']).not.toBe(first['refresh_token']);
    expect(second.body['access_token']).not.toBe(first['access_token']);
    expect((await refresh(sandbox, first['refresh_token'])).status).toBe(200);
    expect((await refresh(sandbox, second.body['refresh_token'])).status).toBe(200);
  });

  it('can refuse a used refresh token', async () => {
    await sandbox.control.microsoft.changeSettings({ refreshReuse: 'reject' });
    const first = await signIn();
    const second = await refresh(sandbox, first['refresh_token']);
    expect(fault(await refresh(sandbox, first['refresh_token'])).codes).toEqual([70000]);
    expect((await refresh(sandbox, second.body['refresh_token'])).status).toBe(200);
  });

  it('can end the whole family when a used one comes back', async () => {
    await sandbox.control.microsoft.changeSettings({ refreshReuse: 'revoke-family' });
    const first = await signIn();
    const second = await refresh(sandbox, first['refresh_token']);
    await refresh(sandbox, first['refresh_token']);
    expect(fault(await refresh(sandbox, second.body['refresh_token'])).codes).toEqual([50173]);
  });

  it('ends a grant on revocation, access tokens with a claims challenge', async () => {
    const tokens = await signIn();
    expect(await sandbox.control.microsoft.revokeGrants(account)).toEqual({ grants: 1 });
    expect(fault(await refresh(sandbox, tokens['refresh_token']))).toEqual({
      status: 400,
      error: 'invalid_grant',
      codes: [50173],
    });
    const answer = await fetch(`${sandbox.url}/v1.0/me`, {
      headers: { authorization: `Bearer ${tokens['access_token']}` },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('claims=');
    expect((await redeem(sandbox, await consent())).status).toBe(200);
  });

  it('expires access tokens by the clock and on demand', async () => {
    await sandbox.control.microsoft.changeSettings({ accessTokenSeconds: 100 });
    const tokens = await signIn();
    expect(tokens['expires_in']).toBe(100);
    expect(await me(tokens['access_token'])).toBe(200);
    await sandbox.control.clock.advance({ seconds: 101 });
    expect(await me(tokens['access_token'])).toBe(401);
    const next = (await refresh(sandbox, tokens['refresh_token'])).body;
    expect(await me(next['access_token'])).toBe(200);
    await sandbox.control.microsoft.expireAccessTokens(account);
    expect(await me(next['access_token'])).toBe(401);
  });

  it('lets refresh tokens die after 90 idle days, and of a page application after one day', async () => {
    const tokens = await signIn();
    await sandbox.control.clock.advance({ seconds: 89 * 86_400 });
    const second = await refresh(sandbox, tokens['refresh_token']);
    expect(second.status).toBe(200);
    await sandbox.control.clock.advance({ seconds: 91 * 86_400 });
    expect(fault(await refresh(sandbox, second.body['refresh_token'])).codes).toEqual([700082]);
    await sandbox.control.microsoft.putClient({ id: 'page', spa: true, secrets: [] });
    const page = await sandbox.control.microsoft.issueTokens({
      user: account,
      clientId: 'page',
      scopes: ['offline_access', 'Mail.Read'],
    });
    await sandbox.control.clock.advance({ seconds: 80_000 });
    const form = { grant_type: 'refresh_token', client_id: 'page' };
    const renewed = await tokenRequest(sandbox, {
      ...form,
      refresh_token: page.refresh_token ?? '',
    });
    expect(renewed.status).toBe(200);
    await sandbox.control.clock.advance({ seconds: 7000 });
    expect(
      fault(
        await tokenRequest(sandbox, {
          ...form,
          refresh_token: String(renewed.body['refresh_token']),
        }),
      ).codes,
    ).toEqual([700084]);
  });

  it('tells of a withdrawn scope', async () => {
    const tokens = await signIn();
    await sandbox.control.microsoft.withdrawScopes(account, ['Mail.Read']);
    const mail = await fetch(`${sandbox.url}/v1.0/me/messages`, {
      headers: { authorization: `Bearer ${tokens['access_token']}` },
    });
    expect(mail.status).toBe(403);
    const asked = await refresh(sandbox, tokens['refresh_token'], { scope: 'Mail.Read' });
    expect(fault(asked)).toEqual({ status: 400, error: 'invalid_grant', codes: [65001] });
    expect(asked.body['suberror']).toBe('consent_required');
    expect((await refresh(sandbox, tokens['refresh_token'])).body['scope']).not.toContain(
      'Mail.Read',
    );
    await sandbox.control.microsoft.withdrawScopes(account);
    expect(fault(await refresh(sandbox, tokens['refresh_token'])).codes).toEqual([65001]);
  });
});
