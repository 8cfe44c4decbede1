import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, readonly, user } from './support/gmail.ts';
import { authorizeUrl, connect, redeem, redirectUri } from './support/oauth.ts';

const calendar = 'https://www.googleapis.com/auth/calendar.events';
const email = 'https://www.googleapis.com/auth/userinfo.email';

describe('the consent page', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  it('offers accounts and check boxes, but none for the sign-in itself', async () => {
    const page = await (await fetch(authorizeUrl(sandbox))).text();
    expect(page).toContain('value="ana@acme.test"');
    expect(page).toContain(`type="checkbox" name="granted" value="${readonly}" checked`);
    expect(page).not.toContain(`value="${email}"`);
  });

  it('gives code, state, scope and issuer to the redirect address', async () => {
    const back = await sandbox.control.google.consent(authorizeUrl(sandbox), { account: user });
    expect(back.origin + back.pathname).toBe(redirectUri);
    const { code, state, scope, iss, hd } = Object.fromEntries(back.searchParams);
    expect(code).toMatch(/^4\/0A/);
    expect({ state, iss, hd }).toEqual({ state: 'the-state', iss: sandbox.url, hd: 'acme.test' });
    expect(scope?.split(' ')).toContain(email);
  });

  it('grants what was ticked only', async () => {
    const scope = `openid email ${readonly} ${calendar}`;
    const tokens = await connect(sandbox, { scope }, { scopes: [calendar] });
    expect(String(tokens['scope']).split(' ')).toEqual(['openid', email, calendar]);
  });

  it('says access_denied when the person cancels', async () => {
    const back = await sandbox.control.google.consent(authorizeUrl(sandbox), {
      account: user,
      decision: 'cancel',
    });
    expect(Object.fromEntries(back.searchParams)).toEqual({
      state: 'the-state',
      error: 'access_denied',
    });
  });

  it('gives more than was asked with include_granted_scopes, and no more without', async () => {
    await connect(sandbox, { scope: `openid ${readonly}` });
    const more = { scope: `openid ${calendar}`, include_granted_scopes: 'true' };
    expect(
      String((await connect(sandbox, more))['scope'])
        .split(' ')
        .sort(),
    ).toEqual(['openid', calendar, readonly].sort());
    expect((await connect(sandbox, { scope: `openid ${calendar}` }))['scope']).toBe(
      `openid ${calendar}`,
    );
  });

  it('goes through without a page for who is signed in and has consented', async () => {
    const posted = await fetch(authorizeUrl(sandbox), {
      method: 'POST',
      body: new URLSearchParams({ account: user, decision: 'accept', granted: readonly }),
      redirect: 'manual',
    });
    const cookie = posted.headers.get('set-cookie')?.split(';')[0] ?? '';
    const again = (query: Record<string, string>) =>
      fetch(authorizeUrl(sandbox, query), { headers: { cookie }, redirect: 'manual' });
    expect((await again({})).status).toBe(302);
    expect((await again({ prompt: 'none' })).headers.get('location')).toContain('code=');
    expect((await again({ prompt: 'consent' })).status).toBe(200);
    expect((await again({ prompt: 'select_account' })).status).toBe(200);
    expect((await again({ login_hint: 'pia@gmail.test' })).status).toBe(200);
    const wider = await again({ prompt: 'none', scope: calendar });
    expect(wider.headers.get('location')).toContain('error=interaction_required');
  });

  it.each([
    ['redirect_uri_mismatch', { redirect_uri: 'https://evil.test/' }, 400],
    ['invalid_client', { client_id: 'nobody' }, 401],
    ['invalid_scope', { scope: 'openid https://www.googleapis.com/auth/everything' }, 400],
    ['invalid_request', { prompt: 'none consent' }, 400],
    ['unsupported_response_type', { response_type: 'token' }, 400],
  ])('shows %s on its own page and sends nothing on', async (fault, query, status) => {
    const answer = await fetch(authorizeUrl(sandbox, query), { redirect: 'manual' });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('location')).toBeNull();
    expect(await answer.text()).toContain(`Error: ${fault}`);
  });

  it('can block everybody, as an administrator does', async () => {
    await sandbox.control.google.changeSettings({ consentFault: 'admin_policy_enforced' });
    const answer = await fetch(authorizeUrl(sandbox));
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('admin_policy_enforced'),
    ]);
  });

  it('takes an address that is registered exactly, and loopback only when allowed', async () => {
    const registered = 'https://app.acme.test/oauth?provider=google';
    await sandbox.control.google.putClient({
      id: 'strict',
      secrets: ['s'],
      redirectUris: [registered],
      loopbackRedirects: false,
    });
    const query = { client_id: 'strict', redirect_uri: registered };
    const back = await sandbox.control.google.consent(authorizeUrl(sandbox, query), {
      account: user,
    });
    expect(back.searchParams.get('provider')).toBe('google');
    const form = { client_id: 'strict', client_secret: 's', redirect_uri: registered };
    expect((await redeem(sandbox, back, form)).status).toBe(200);
    const loopback = await fetch(authorizeUrl(sandbox, { client_id: 'strict' }));
    expect(loopback.status).toBe(400);
  });
});
