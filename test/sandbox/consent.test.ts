import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed } from './support/graph.ts';
import { authorizeUrl, callback, redeem, verifier } from './support/oauth.ts';

describe('the consent page', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  const consent = (
    query: Record<string, string> = {},
    choice: { scopes?: string[]; decision?: 'accept' | 'cancel' } = {},
  ) =>
    sandbox.control.microsoft.consent(authorizeUrl(sandbox, query), {
      account: 'ana@acme.test',
      ...choice,
    });

  it('lists accounts and permissions in a form a browser can click', async () => {
    const page = await fetch(authorizeUrl(sandbox, { login_hint: 'pia@outlook.test' }));
    const html = await page.text();
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(html).toContain('<form method="post">');
    expect(html.match(/type="radio"/g)).toHaveLength(2);
    expect(html).toMatch(/value="pia@outlook.test"[^>]*checked/);
    expect(html).not.toMatch(/value="ana@acme.test"[^>]*checked/);
    expect(html).toMatch(/type="checkbox"[^>]*value="Mail.Read"[^>]*checked/);
    expect(html).toContain('Read your mail');
    expect(html.match(/<button/g)).toHaveLength(2);
  });

  it('shows only the accounts that the tenant has', async () => {
    const html = async (tenant: string) => (await fetch(authorizeUrl(sandbox, {}, tenant))).text();
    expect(await html('organizations')).not.toContain('pia@outlook.test');
    expect(await html('consumers')).not.toContain('ana@acme.test');
    expect(await html('acme.test')).toContain('ana@acme.test');
    expect(await html('nowhere.test')).toContain('AADSTS90002');
  });

  it('sends a refusal back', async () => {
    const back = await consent({}, { decision: 'cancel' });
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
    });
    expect(back.searchParams.get('error_description')).toContain('AADSTS65004');
    expect(back.searchParams.has('code')).toBe(false);
  });

  it('grants what was ticked, and no more', async () => {
    const back = await consent({}, { scopes: ['openid', 'offline_access', 'User.Read'] });
    const { body } = await redeem(sandbox, back);
    expect(body['scope']).toBe('openid User.Read');
    const mail = await fetch(`${sandbox.url}/v1.0/me/messages`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    });
    expect(mail.status).toBe(403);
    expect(await mail.json()).toMatchObject({ error: { code: 'ErrorAccessDenied' } });
  });

  it('gives no refresh token without offline_access and no id_token without openid', async () => {
    const { body } = await redeem(sandbox, await consent({}, { scopes: ['Mail.Read'] }));
    expect(Object.keys(body).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'ext_expires_in',
      'scope',
      'token_type',
    ]);
  });

  it('returns all that was ever consented', async () => {
    await redeem(sandbox, await consent());
    const { body } = await redeem(
      sandbox,
      await consent({
        scope: 'openid offline_access https://graph.microsoft.com/Calendars.ReadWrite',
      }),
    );
    expect(String(body['scope']).split(' ')).toEqual(
      expect.arrayContaining(['Mail.Read', 'Calendars.ReadWrite']),
    );
  });

  it('writes scopes as addresses when told to', async () => {
    await sandbox.control.microsoft.changeSettings({ scopeStyle: 'url' });
    const { body } = await redeem(sandbox, await consent());
    expect(body['scope']).toContain('https://graph.microsoft.com/Mail.Read');
    expect(String(body['scope']).split(' ')).toContain('openid');
  });

  it('is silent with a session and consent, and says why when it cannot be', async () => {
    const silent = (query: Record<string, string>, cookie = '') =>
      callback(authorizeUrl(sandbox, query), cookie);
    expect((await silent({ prompt: 'none' })).url.searchParams.get('error')).toBe('login_required');
    const page = await fetch(authorizeUrl(sandbox), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        account: 'ana@acme.test',
        decision: 'accept',
        granted: 'Mail.Read',
      }),
    });
    const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^ESTSAUTH=/);
    expect(
      (await silent({ prompt: 'none', scope: 'Mail.Read openid' }, cookie)).url.searchParams.has(
        'code',
      ),
    ).toBe(true);
    expect((await silent({ scope: 'Mail.Read openid' }, cookie)).url.searchParams.has('code')).toBe(
      true,
    );
    expect(
      (await silent({ prompt: 'none', scope: 'Files.Read' }, cookie)).url.searchParams.get('error'),
    ).toBe('consent_required');
    const asks = await fetch(authorizeUrl(sandbox, { prompt: 'consent', scope: 'Mail.Read' }), {
      headers: { cookie },
    });
    expect(await asks.text()).toContain('Permissions requested');
    const other = await fetch(
      authorizeUrl(sandbox, { login_hint: 'pia@outlook.test', scope: 'Mail.Read' }),
      { headers: { cookie } },
    );
    expect(await other.text()).toContain('Permissions requested');
  });

  it('never sends a fault to an address that is not registered', async () => {
    const wrong = await fetch(
      authorizeUrl(sandbox, { redirect_uri: 'https://evil.test/callback' }),
      { redirect: 'manual' },
    );
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('AADSTS50011');
    const unknown = await fetch(authorizeUrl(sandbox, { client_id: 'nobody' }), {
      redirect: 'manual',
    });
    expect(await unknown.text()).toContain('AADSTS700016');
    await sandbox.control.microsoft.putClient({
      id: 'strict',
      loopbackRedirects: false,
      redirectUris: ['http://127.0.0.1:9/only'],
    });
    const exact = (uri: string) =>
      fetch(authorizeUrl(sandbox, { client_id: 'strict', redirect_uri: uri }), {
        redirect: 'manual',
      });
    expect((await exact('http://127.0.0.1:9/only/')).status).toBe(400);
    expect((await exact('http://127.0.0.1:9/only')).status).toBe(200);
  });

  it.each([
    [{ scope: 'Nope.Read' }, 'invalid_scope'],
    [{ scope: '' }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ prompt: 'maybe' }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
  ])('sends %o back as %s', async (query, error) => {
    const back = await callback(authorizeUrl(sandbox, query));
    expect(back.url.searchParams.get('error')).toBe(error);
    expect(back.url.searchParams.get('state')).toBe('the-state');
  });

  it('answers in the fragment and as a form', async () => {
    const fragment = await consent({ response_mode: 'fragment' });
    expect(new URLSearchParams(fragment.hash.slice(1)).get('code')).toBeTruthy();
    const form = await fetch(authorizeUrl(sandbox, { response_mode: 'form_post' }), {
      method: 'POST',
      body: new URLSearchParams({
        account: 'ana@acme.test',
        decision: 'accept',
        granted: 'Mail.Read',
      }),
    });
    expect(await form.text()).toMatch(
      /<form method="POST" action="http:\/\/127\.0\.0\.1:9\/callback">.*name="code"/s,
    );
  });

  it('gives personal accounts the personal tenant and tokens that cannot be parsed', async () => {
    const back = await sandbox.control.microsoft.consent(authorizeUrl(sandbox), {
      account: 'pia@outlook.test',
    });
    const { body } = await redeem(sandbox, back, { code_verifier: verifier });
    expect(String(body['access_token']).split('.')).toHaveLength(1);
    const [, claims = ''] = String(body['id_token']).split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      tid: '9188040d-6c67-4c5b-b112-36a304b66dad',
      iss: `${sandbox.url}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`,
    });
  });

  it('describes itself, with the template issuer of the aliases', async () => {
    const document = async (tenant: string) =>
      (await (
        await fetch(`${sandbox.url}/${tenant}/v2.0/.well-known/openid-configuration`)
      ).json()) as Record<string, unknown>;
    expect((await document('common'))['issuer']).toBe(`${sandbox.url}/{tenantid}/v2.0`);
    expect((await document('acme.test'))['issuer']).toMatch(/\/[0-9a-f-]{36}\/v2\.0$/);
    await sandbox.control.microsoft.changeSettings({ issuerOrigin: 'real' });
    expect((await document('common'))['issuer']).toBe(
      'https://login.microsoftonline.com/{tenantid}/v2.0',
    );
    expect(await document('nowhere.test')).toMatchObject({
      error: 'invalid_request',
      error_codes: [90002],
    });
  });
});
