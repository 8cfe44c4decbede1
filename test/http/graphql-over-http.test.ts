import { type AuditFail, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi } from './support/api.ts';

/** The audits of https://github.com/graphql/graphql-over-http, by its reference implementation. */
describe('GraphQL over HTTP', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi({ openIntrospection: true });
  });
  afterAll(() => api.close());

  const audits = serverAudits({
    url: () => `${api.url}/graphql`,
    // The audits send GET requests, which need a header that no foreign page can send.
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...init.headers, 'x-graphql-yoga-csrf': '1' } }),
  });

  it.each(audits.map((audit) => [`${audit.id}: ${audit.name}`, audit] as const))(
    '%s',
    async (_, audit) => {
      const result = await audit.fn();
      const reason = result.status === 'ok' ? null : (result as AuditFail).reason;
      expect([result.status, reason]).toEqual(['ok', null]);
    },
  );
});
