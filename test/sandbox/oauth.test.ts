import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';

const redirectUri = 'http://127.0.0.1:9/oauth/callback/microsoft';
const scope = 'openid profile email offline_access User.Read Mail.Read';
const tenantOf = async (sandbox: Sandbox, email: string) =>
  (await sandbox.control.microsoft.accounts()).find((account) => account.email === email)
    ?.tenantId ?? '';

describe('the OAuth round trip with openid-client', () => {
  let sandbox: Sandbox;
  let config: client.Configuration;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 });
    const issuer = new URL(`${sandbox.url}/${await tenantOf(sandbox, 'ana@acme.test')}/v2.0`);
    config = await client.discovery(
      issuer,
      'lockstep-sandbox',
      'lockstep-sandbox-secret',
      undefined,
      {
        execute: [client.allowInsecureRequests],
      },
    );
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  async function begin(extra: Record<string, string> = {}) {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...extra,
    });
    return { url, verifier, state, nonce };
  }

  it('gives tokens that Graph takes', async () => {
    const { url, verifier, state, nonce } = await begin({ login_hint: 'ana@acme.test' });
    const callback = await sandbox.control.microsoft.consent(url, { account: 'ana@acme.test' });
    const tokens = await client.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    expect(claims).toMatchObject({
      email: 'ana@acme.test',
      preferred_username: 'ana@acme.test',
      nonce,
    });
    expect(claims?.['oid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(tokens.expires_in).toBeGreaterThanOrEqual(3600);
    expect(tokens.expires_in).toBeLessThanOrEqual(5400);
    expect(tokens.scope?.split(' ')).toEqual([
      'openid',
      'profile',
      'email',
      'User.Read',
      'Mail.Read',
    ]);
    const me = await fetch(`${sandbox.url}/v1.0/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await me.json()).toMatchObject({ mail: 'ana@acme.test', id: claims?.['oid'] });
  });

  it('refuses a wrong verifier, then a wrong nonce on the client', async () => {
    const { url, state, nonce } = await begin();
    const callback = await sandbox.control.microsoft.consent(url, { account: 'ana@acme.test' });
    await expect(
      client.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: client.randomPKCECodeVerifier(),
        expectedState: state,
        expectedNonce: nonce,
      }),
    ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    const again = await begin();
    const second = await sandbox.control.microsoft.consent(again.url, { account: 'ana@acme.test' });
    await expect(
      client.authorizationCodeGrant(config, second, {
        pkceCodeVerifier: again.verifier,
        expectedState: again.state,
        expectedNonce: 'another',
      }),
    ).rejects.toHaveProperty('cause.message', expect.stringContaining('nonce'));
  });
});
