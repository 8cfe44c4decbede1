import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/log.ts';
import { createVendors } from '../../src/providers/registry.ts';
import { type Api, openApi } from './support/api.ts';

const connect = `mutation { connectProvider(input: { provider: OUTLOOK }) {
  __typename ... on Authorization { authorizationUrl expiresAt } ... on Error { code message } } }`;

describe('connectProvider', () => {
  let sandbox: Sandbox;
  let api: Api;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 });
    const log = createLog({ level: 'silent', format: 'json' });
    api = await openApi({
      vendors: createVendors({
        microsoft: {
          clientId: 'lockstep-sandbox',
          clientSecret: 'the-client-secret',
          tenant: 'common',
          loginUrl: sandbox.url,
          graphUrl: sandbox.url,
          clock: systemClock,
          log,
        },
      }),
    });
  });
  afterAll(async () => {
    await api.close();
    await sandbox.close();
  });

  it('answers with the consent page and binds it to the asking browser by a cookie', async () => {
    const { ana } = api.tenants.acme.members;
    const { data, errors, headers } = await api.graphql(ana, connect);
    expect(errors).toEqual([]);
    const { authorizationUrl, expiresAt } = Object(data?.['connectProvider']);
    const address = new URL(authorizationUrl);
    expect(address.origin).toBe(sandbox.url);
    expect(address.searchParams.get('code_challenge_method')).toBe('S256');
    // The configured address, not the one that this request came by (G92).
    expect(address.searchParams.get('redirect_uri')).toBe(
      'https://lockstep.example/oauth/callback/microsoft',
    );
    expect(new Date(expiresAt).getTime() - Date.now()).toBeGreaterThan(590_000);
    const [cookie, ...others] = headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(
      /^\S+=\S+; Path=\/oauth\/callback; Max-Age=600; SameSite=Lax; HttpOnly; Secure$/,
    );
  });

  it('gives two consents of one request two cookies', async () => {
    const { ben } = api.tenants.acme.members;
    const twice = `mutation { a: connectProvider(input: { provider: OUTLOOK }) { __typename }
                              b: connectProvider(input: { provider: ONEDRIVE }) { __typename } }`;
    const { headers } = await api.graphql(ben, twice);
    expect(headers.getSetCookie()).toHaveLength(2);
  });

  it('says what to do when the provider is not set up here', async () => {
    const { ana } = api.tenants.acme.members;
    const { errors } = await api.graphql(ana, connect.replace('OUTLOOK', 'GMAIL'));
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/not configured/), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('disconnects an own account only', async () => {
    const { acme } = api.tenants;
    const [row] = await api.rows<{ id: string }>(
      "insert into connections (tenant_id, org_id, provider_key) values ($1, $2, 'outlook') returning id",
      [acme.members.ana.id, acme.id],
    );
    const mutation = `mutation A($id: ID!) { disconnectProvider(input: { id: $id }) {
      ... on ProviderDisconnected { connection { status } deletedMessages } } }`;
    const foreign = await api.graphql(acme.members.ben, mutation, { id: row?.id });
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    const own = await api.graphql(acme.members.ana, mutation, { id: row?.id });
    expect(own.data).toEqual({
      disconnectProvider: { connection: { status: 'DISCONNECTED' }, deletedMessages: 0 },
    });
  });
});
