import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Api, openApi, tokenOf } from './support/api.ts';

const me = '{ viewer { member { email role } organization { slug } } }';

describe('who a request is from', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    await api.rows('update auth.users set banned_until = null');
    await api.rows('update auth.users_extended set is_active = true');
    await api.rows('update user_profiles set is_active = true');
  });

  async function ask(headers: Record<string, string>, query = me) {
    const response = await api.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const { data, errors = [] } = await response.json();
    return { status: response.status, headers: response.headers, data, error: errors[0] };
  }
  const bearer = async (user: { id: string }, seconds?: number, changes = {}) => ({
    authorization: `Bearer ${await tokenOf(user, seconds, changes)}`,
  });
  const refused = (status: number, code: string, message: RegExp) =>
    expect.objectContaining({
      status,
      error: expect.objectContaining({
        message: expect.stringMatching(message),
        extensions: expect.objectContaining({ code, requestId: expect.any(String) }),
      }),
    });

  it('is read from the bearer token', async () => {
    const { ana } = api.tenants.acme.members;
    expect((await ask(await bearer(ana))).data).toEqual({
      viewer: { member: { email: 'ana@acme.test', role: 'USER' }, organization: { slug: 'acme' } },
    });
  });

  it('G76 must be said, with a hint how', async () => {
    const answer = await ask({});
    expect(answer).toEqual(refused(401, 'UNAUTHENTICATED', /authorization: Bearer/));
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['G77 Bearer alone', 'Bearer'],
    ['another scheme', 'Basic YTpi'],
    ['a token without its scheme', 'eyJhbGciOiJub25lIn0.e30.'],
    ['two tokens', 'Bearer a b'],
  ])('is refused for %s', async (_, authorization) => {
    expect(await ask({ authorization })).toEqual(refused(401, 'UNAUTHENTICATED', /bearer token/));
  });

  it('is refused for spoilt tokens (G79 to G86)', async () => {
    const { ana } = api.tenants.acme.members;
    const forged = await new SignJWT({ sub: ana.id })
      .setProtectedHeader({ alg: 'HS256', kid: '../../x' })
      .sign(new TextEncoder().encode('not the secret, not the secret, not it'));
    const cases: [Record<string, string>, RegExp][] = [
      [{ authorization: `Bearer ${forged}` }, /not valid here/],
      [await bearer(ana, -1), /expired/],
      [await bearer(ana, 60, { aud: 'other' }), /"aud"/],
      [await bearer(ana, 60, { iss: 'other' }), /"iss"/],
      [await bearer(ana, 60, { sub: 'ana' }), /no known user/],
      [{ authorization: `Bearer ${'a'.repeat(9_000)}` }, /longer than 8192/],
    ];
    for (const [headers, message] of cases) {
      expect(await ask(headers)).toEqual(refused(401, 'UNAUTHENTICATED', message));
    }
  });

  it('is refused for users who are unknown, deactivated or banned, with one text (G89)', async () => {
    const { ana } = api.tenants.acme.members;
    const stranger = { id: '99999999-9999-4999-8999-999999999999' };
    const gone = refused(
      401,
      'UNAUTHENTICATED',
      /^This account is unknown here or has been deacti/,
    );
    expect(await ask(await bearer(stranger))).toEqual(gone);
    const faults = [
      'update auth.users_extended set is_active = false where id = $1',
      'update user_profiles set is_active = false where user_id = $1',
      "update auth.users set banned_until = now() + interval '1 hour' where id = $1",
    ];
    for (const fault of faults) {
      expect((await ask(await bearer(ana))).status).toBe(200);
      await api.rows(fault, [ana.id]);
      expect(await ask(await bearer(ana))).toEqual(gone);
      await api.rows('update auth.users_extended set is_active = true');
      await api.rows('update user_profiles set is_active = true');
    }
  });

  it('lets a ban end', async () => {
    const { ben } = api.tenants.acme.members;
    await api.rows("update auth.users set banned_until = now() - interval '1 s' where id = $1", [
      ben.id,
    ]);
    expect((await ask(await bearer(ben))).status).toBe(200);
  });

  it('reads the role anew for each request, never from the token', async () => {
    const { ben } = api.tenants.acme.members;
    const query = '{ lockedSyncs { edges { cursor } } }';
    const headers = await bearer(ben, 60, { role: 'super_admin' });
    expect((await ask(headers, query)).error.extensions.code).toBe('FORBIDDEN');
    await api.rows("update user_profiles set role = 'admin' where user_id = $1", [ben.id]);
    expect((await ask(headers, query)).error).toBeUndefined();
    await api.rows("update user_profiles set role = 'user' where user_id = $1", [ben.id]);
    expect((await ask(headers, query)).error.extensions.code).toBe('FORBIDDEN');
  });

  it('G91 keeps members out of what administrators do', async () => {
    const { ana, adam } = api.tenants.acme.members;
    const { acme } = api.tenants;
    const grant = `mutation { grantOverride(input: { companyId: "${acme.id}", reason: "x" }) { __typename } }`;
    for (const user of [ana, adam]) {
      for (const query of [grant, '{ overrides { id } }', '{ companies { edges { cursor } } }']) {
        expect((await ask(await bearer(user), query)).error.extensions.code).toBe('FORBIDDEN');
      }
    }
    expect(await api.rows('select from admin_audit_log')).toEqual([]);
  });

  describe('the organisation', () => {
    const choose = async (user: { id: string }, organization: string) => ({
      ...(await bearer(user)),
      'x-organization-id': organization,
    });

    it('may be chosen among the own ones, until the membership ends (G88)', async () => {
      const { ana } = api.tenants.acme.members;
      const { globex } = api.tenants;
      const foreign = refused(403, 'FORBIDDEN', /not a member/);
      expect(await ask(await choose(ana, globex.id))).toEqual(foreign);
      await api.rows('insert into user_organizations (user_id, organization_id) values ($1, $2)', [
        ana.id,
        globex.id,
      ]);
      expect((await ask(await choose(ana, globex.id))).data.viewer.organization.slug).toBe(
        'globex',
      );
      expect((await ask(await bearer(ana))).data.viewer.organization.slug).toBe('acme');
      await api.rows('delete from user_organizations where user_id = $1 and organization_id = $2', [
        ana.id,
        globex.id,
      ]);
      expect(await ask(await choose(ana, globex.id))).toEqual(foreign);
    });

    it('is refused with one text whether it is foreign, unknown or no id', async () => {
      const { ana } = api.tenants.acme.members;
      const unknown = '99999999-9999-4999-8999-999999999999';
      const texts = await Promise.all(
        [api.tenants.globex.id, unknown, "' or 1=1 --"].map(
          async (organization) => (await ask(await choose(ana, organization))).error.message,
        ),
      );
      expect(new Set(texts).size).toBe(1);
    });

    it('can be any one for a super admin, and each reading beyond the own is audited', async () => {
      const { olga } = api.tenants.globex.members;
      const { acme } = api.tenants;
      expect((await ask(await choose(olga, acme.id))).data.viewer.organization.slug).toBe('acme');
      const audit = await api.rows<{ org_id: string }>(
        "select org_id, actor_id from admin_audit_log where action = 'super_admin.read'",
      );
      expect(audit).toEqual([{ org_id: acme.id, actor_id: olga.id }]);
    });
  });

  it('G92 never decides about addresses: a forged Host changes nothing', async () => {
    const answer = await api.fetch('/', { headers: { 'x-forwarded-host': 'evil.test' } });
    expect(await answer.text()).not.toContain('evil');
  });

  it('carries one request id in answer, header and log', async () => {
    const answer = await ask({ 'x-request-id': 'trace-7' });
    expect(answer.headers.get('x-request-id')).toBe('trace-7');
    expect(answer.error.extensions.requestId).toBe('trace-7');
    const hostile = await ask({ 'x-request-id': 'a b<script>' });
    expect(hostile.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(api.lines.join('')).toContain('"requestId":"trace-7"');
    expect(api.lines.join('')).not.toContain('eyJ');
  });
});
