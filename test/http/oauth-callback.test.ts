import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oauthCallback } from '../../src/http/oauth-callback.ts';
import { createLog } from '../../src/log.ts';
import { type AccountsWorld, startAccountsWorld } from '../services/accounts/world.ts';

let world: AccountsWorld;
let server: ServerType;
let origin = '';

beforeAll(async () => {
  world = await startAccountsWorld();
  const log = createLog({ level: 'silent', format: 'json' });
  const app = new Hono();
  app.get('/oauth/callback/:vendor', oauthCallback({ accounts: world.accounts, log }));
  await new Promise((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

/** A consent up to the callback, as the vendor would call it. */
async function consented(input: { returnPath?: string; decision?: 'accept' | 'cancel' } = {}) {
  const { authorizationUrl, cookie } = await world.accounts.connectProvider({
    organizationId: world.tenants.acme.id,
    userId: world.tenants.acme.members.ana.id,
    provider: 'outlook',
    ...(input.returnPath === undefined ? {} : { returnPath: input.returnPath }),
  });
  const callback = await world.sandbox.control.microsoft.consent(authorizationUrl, {
    account: 'ana@acme.test',
    decision: input.decision ?? 'accept',
  });
  return { query: callback.searchParams, cookie };
}

const visit = (
  query: URLSearchParams | string,
  cookie?: { name: string; value: string },
  vendor = 'microsoft',
) =>
  fetch(`${origin}/oauth/callback/${vendor}?${query}`, {
    redirect: 'manual',
    headers: cookie ? { cookie: `${cookie.name}=${cookie.value}` } : {},
  });

function expectSafe(response: Response): void {
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; .*frame-ancestors 'none'$/,
  );
}

describe('GET /oauth/callback/microsoft', () => {
  it('goes back to the web client with the outcome, and clears its cookie', async () => {
    const { query, cookie } = await consented();
    const response = await visit(query, cookie);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/?connected=outlook');
    expect(response.headers.get('set-cookie')).toMatch(
      new RegExp(`^${cookie.name}=; Max-Age=0; Path=/oauth/callback`),
    );
    expectSafe(response);
    const again = await visit(query, cookie);
    expect(again.status).toBe(400);
  });

  it('O7, O8 tells that access was declined, the provider’s words encoded', async () => {
    const { query, cookie } = await consented({ decision: 'cancel' });
    query.set('error_description', '<script>alert(1)</script>\r\nSet-Cookie: a=b');
    const response = await visit(query, cookie);
    expect(response.status).toBe(303);
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/^\/\?connect_error=declined&provider=outlook&connect_detail=/);
    expect(location).not.toMatch(/[<>\r\n]/);
    expect(response.headers.get('set-cookie')).not.toContain('a=b');
  });

  it.each([
    ['O16', '//evil.test'],
    ['O17', '/\\evil.test'],
    ['O19', '/%0d%0aSet-Cookie:x=y'],
    ['another scheme', 'javascript:alert(1)'],
  ])('%s never leads to another origin', async (_, returnPath) => {
    const { query, cookie } = await consented({ returnPath });
    const response = await visit(query, cookie);
    expect(response.headers.get('location')).toBe('/?connected=outlook');
  });

  it('goes back to the page that asked', async () => {
    const { query, cookie } = await consented({ returnPath: '/connections?tab=mail' });
    const location = (await visit(query, cookie)).headers.get('location');
    expect(location).toBe('/connections?tab=mail&connected=outlook');
  });

  it.each([
    ['O1 no state', 'code=abc'],
    ['O2 an unknown state', `code=abc&state=${'A'.repeat(64)}`],
    ['O11 a code of 8 KB', `state=${'A'.repeat(64)}&code=${'c'.repeat(8192)}`],
    [
      'O8 script in every parameter',
      'state=%3Cscript%3Ealert(1)&error=%3Cscript%3E&error_description=%3Cscript%3Ealert(1)',
    ],
    ['nothing', ''],
  ])('%s: a 400 page that repeats nothing', async (_, query) => {
    const response = await visit(query);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expectSafe(response);
    const page = await response.text();
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<h1>This sign-in cannot be completed</h1>');
    expect(page).not.toContain('script');
    expect(page).not.toContain('AAAA');
  });

  it('O5, O13 answers 400 to another browser and on the other vendor’s path, and the right one still gets in', async () => {
    const { query, cookie } = await consented();
    expect((await visit(query)).status).toBe(400);
    expect((await visit(query, { ...cookie, value: 'x'.repeat(43) })).status).toBe(400);
    expect((await visit(query, cookie, 'google')).status).toBe(400);
    expect((await visit(query, cookie, 'yahoo')).status).toBe(404);
    expect((await visit(query, cookie)).status).toBe(303);
  });
});
