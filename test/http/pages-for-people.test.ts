import { createHash } from 'node:crypto';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphiqlTabs } from '../../src/http/graphiql-tabs.ts';
import { schema } from '../../src/schema/index.ts';
import { type Api, openApi } from './support/api.ts';

describe('what a browser meets', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
  });
  afterAll(() => api.close());
  const get = (path: string, accept = 'text/html') => api.fetch(path, { headers: { accept } });

  it('is GraphiQL at /graphql, with nothing of another server', async () => {
    const response = await get('/graphql', 'text/html,application/xhtml+xml,*/*;q=0.8');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await response.text();
    const begin = html.indexOf('<script>') + '<script>'.length;
    const end = html.lastIndexOf('</script>');
    const script = html.slice(begin, end);
    const markup = html.slice(0, begin) + html.slice(end);
    expect(markup).not.toMatch(/(?:src|href)="(?!data:)|url\((?!["']?data:)/);
    const hash = createHash('sha256').update(script).digest('base64');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain(`script-src 'sha256-${hash}'`);
    expect(policy).toContain("default-src 'none'");
    expect(html).toContain('Lockstep GraphiQL');
  });

  it('has ready operations that are valid', () => {
    for (const { query, variables = '{}' } of graphiqlTabs) {
      expect(validate(schema, parse(query))).toEqual([]);
      expect(JSON.parse(variables)).toBeTypeOf('object');
    }
    expect(graphiqlTabs.map(({ query }) => query).join()).toMatch(/subscription Progress/);
  });

  it('is a page at / that says how a consent ended, as text', async () => {
    const plain = await (await get('/')).text();
    expect(plain).toMatch(/<html lang="en">.*<main>.*<h1>Lockstep<\/h1>/s);
    expect(plain).not.toContain('role="status"');
    expect(await (await get('/?connected=outlook')).text()).toMatch(
      /role="status">The account is conn/,
    );
    expect(await (await get('/?connect_error=declined')).text()).toMatch(/Access was declined/);
    const hostile = await get('/?connect_error=<script>alert(1)</script>');
    expect(await hostile.text()).not.toContain('alert');
    expect(hostile.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  });

  it('carries the headers that protect every answer', async () => {
    for (const path of ['/', '/health', '/nowhere', '/graphql']) {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
      expect(headers.get('strict-transport-security')).toMatch(/max-age/);
      expect(headers.get('x-request-id')).toBeTruthy();
    }
    const nowhere = await get('/nowhere');
    expect([nowhere.status, await nowhere.json()]).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: 'There is nothing at /nowhere.' } },
    ]);
  });

  it('tells operators its health and its figures', async () => {
    const healthy = await get('/health');
    expect([healthy.status, await healthy.json()]).toEqual([
      200,
      { status: 'ok', version: '0.0.0', checks: { master: 'ok', company: 'ok' } },
    ]);
    expect(await (await get('/health?ready')).json()).toMatchObject({ checks: { company: 'ok' } });
    expect(await (await get('/health?live')).json()).toMatchObject({ status: 'ok', checks: {} });
    await api.graphql(api.tenants.acme.members.ana, '{ viewer { unreadNotifications } }');
    const figures = await (await get('/metrics')).text();
    expect(figures).toMatch(/lockstep_http_request_seconds_count\{[^}]*\/health[^}]*\} \d/);
    expect(figures).toMatch(/lockstep_graphql_operation_seconds_count\{[^}]*query[^}]*\} 1/);
    expect(figures).toMatch(/lockstep_runs\{status="queued"\} 3/);
    expect(figures).toMatch(/lockstep_queue_waiting_jobs\{queue="sync\.run"\} 2/);
  });
});
