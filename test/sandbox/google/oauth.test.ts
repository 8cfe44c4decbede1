import { auth as authorization, gmail } from 'googleapis/build/src/apis/gmail/index.js';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, readonly, scopes, user } from './support/gmail.ts';
import { redirectUri } from './support/oauth.ts';

describe('the OAuth round trip with real clients', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  const isDead = (token: string) =>
    fetch(`${sandbox.url}/tokeninfo?access_token=${token}`).then(({ status }) => status === 400);

  it('works with openid-client: discovery, PKCE, nonce, issuer of the answer, userinfo, revocation', async () => {
    const config = await client.discovery(
      new URL(sandbox.url),
      'lockstep-sandbox',
      'lockstep-sandbox-secret',
      undefined,
      { execute: [client.allowInsecureRequests] },
    );
    const verifier = client.randomPKCECodeVerifier();
    const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce() };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      access_type: 'offline',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = await sandbox.control.google.consent(url, { account: user });
    const tokens = await client.authorizationCodeGrant(config, back, {
      ...checks,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    const [account] = await sandbox.control.google.accounts();
    expect(claims).toMatchObject({
      iss: sandbox.url,
      aud: 'lockstep-sandbox',
      sub: account?.sub,
      email: user,
      email_verified: true,
      hd: 'acme.test',
    });
    const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(info).toMatchObject({ sub: account?.sub, email: user, name: 'Ana Almeida' });
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.refresh_token).toBeUndefined();
    await client.tokenRevocation(config, next.access_token);
    expect(await isDead(tokens.access_token)).toBe(true);
  });

  it('works with googleapis: consent, exchange, refresh, id_token, token info, mail, revocation', async () => {
    await sandbox.control.google.changeSettings({ issuer: 'real' });
    const auth = new authorization.OAuth2({
      clientId: 'lockstep-sandbox',
      clientSecret: 'lockstep-sandbox-secret',
      redirectUri,
      endpoints: {
        oauth2AuthBaseUrl: `${sandbox.url}/o/oauth2/v2/auth`,
        oauth2TokenUrl: `${sandbox.url}/token`,
        oauth2RevokeUrl: `${sandbox.url}/revoke`,
        tokenInfoUrl: `${sandbox.url}/tokeninfo`,
        oauth2FederatedSignonPemCertsUrl: `${sandbox.url}/oauth2/v1/certs`,
        oauth2FederatedSignonJwkCertsUrl: `${sandbox.url}/oauth2/v3/certs`,
      },
    });
    const url = auth.generateAuthUrl({ access_type: 'offline', scope: scopes, prompt: 'consent' });
    const back = await sandbox.control.google.consent(url, { account: user });
    const { tokens } = await auth.getToken(back.searchParams.get('code') ?? '');
    const ticket = await auth.verifyIdToken({
      idToken: tokens.id_token ?? '',
      audience: 'lockstep-sandbox',
    });
    expect(ticket.getPayload()).toMatchObject({ email: user, iss: 'https://accounts.google.com' });
    expect(await auth.getTokenInfo(tokens.access_token ?? '')).toMatchObject({
      aud: 'lockstep-sandbox',
      email: user,
      access_type: 'offline',
    });
    // Less than five minutes are left, so that the library refreshes first.
    auth.setCredentials({ ...tokens, expiry_date: Date.now() });
    const api = gmail({ version: 'v1', auth, rootUrl: `${sandbox.url}/` });
    const profile = await api.users.getProfile({ userId: 'me' });
    expect(profile.data).toMatchObject({ emailAddress: user, messagesTotal: 0 });
    expect(auth.credentials.refresh_token).toBe(tokens.refresh_token);
    expect(auth.credentials.access_token).not.toBe(tokens.access_token);
    await auth.revokeCredentials();
    auth.setCredentials(tokens);
    await expect(api.users.getProfile({ userId: 'me' })).rejects.toMatchObject({ status: 401 });
  });

  it('tells who it is, as far as the scopes allow', async () => {
    const info = async (path: string, wanted: string[]) => {
      const tokens = await sandbox.control.google.issueTokens({ user, scopes: wanted });
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      return (await fetch(`${sandbox.url}${path}`, { headers })).json();
    };
    expect(await info('/oauth2/v2/userinfo', ['email', 'profile'])).toMatchObject({
      id: expect.stringMatching(/^\d{21}$/),
      email: user,
      verified_email: true,
      name: 'Ana Almeida',
      hd: 'acme.test',
    });
    expect(await info('/oauth2/v3/userinfo', [readonly])).toEqual({
      sub: expect.any(String),
      hd: 'acme.test',
    });
    const nobody = await fetch(`${sandbox.url}/v1/userinfo`);
    expect([nobody.status, await nobody.json()]).toMatchObject([401, { error: 'invalid_request' }]);
  });

  it('inspects id_tokens, and refuses those it did not sign', async () => {
    const { id_token: idToken = '' } = await sandbox.control.google.issueTokens({ user, scopes });
    const inspect = (token: string) => fetch(`${sandbox.url}/tokeninfo?id_token=${token}`);
    expect(await (await inspect(idToken)).json()).toMatchObject({ email: user, alg: 'RS256' });
    const forged = `${idToken.slice(0, -6)}AAAAAA`;
    expect((await inspect(forged)).status).toBe(400);
    await sandbox.control.clock.advance({ seconds: 3601 });
    expect((await inspect(idToken)).status).toBe(400);
  });
});
