import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Budget, spend } from '../../src/http/rate-limiter.ts';
import { type Api, openApi } from './support/api.ts';

describe('a budget of cost per minute', () => {
  const taken = (budget: Budget | undefined, cost: number, now: number) =>
    spend(budget, cost, 60, now);

  it('is full at first, is used up by cost and refills evenly', () => {
    expect(taken(undefined, 45, 0)).toEqual({ budget: { left: 15, at: 0 } });
    expect(taken({ left: 15, at: 0 }, 20, 0)).toEqual({ waitSeconds: 5 });
    expect(taken({ left: 15, at: 0 }, 20, 5_000)).toEqual({ budget: { left: 0, at: 5_000 } });
  });

  it('never holds more than a minute, and lets a single large operation through when it is full', () => {
    expect(taken({ left: 60, at: 0 }, 10, 600_000)).toEqual({ budget: { left: 50, at: 600_000 } });
    expect(taken(undefined, 500, 0)).toEqual({ budget: { left: 0, at: 0 } });
    expect(taken({ left: 30, at: 0 }, 500, 0)).toEqual({ waitSeconds: 30 });
  });
});

describe('RATE_LIMIT', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi({ rateLimit: 100 });
  });
  afterAll(() => api.close());

  it('stops one caller with the seconds to wait, and nobody else', async () => {
    const { ana, ben } = api.tenants.acme.members;
    const query = '{ messages(first: 20) { edges { node { id subject } } } }';
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      statuses.push((await api.graphql(ana, query)).status);
    }
    expect(statuses.slice(0, 1)).toEqual([200]);
    const refused = await api.graphql(ana, query);
    expect(refused.status).toBe(429);
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', limit: 100, retryAfterSeconds: expect.any(Number) } },
    ]);
    const { retryAfterSeconds } = refused.errors[0]?.extensions ?? {};
    expect(refused.headers.get('retry-after')).toBe(String(retryAfterSeconds));
    expect((await api.graphql(ben, query)).status).toBe(200);
  });

  it('counts strangers by their address', async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 130; round += 1) {
      statuses.push((await api.graphql(null, '{ __typename }')).status);
    }
    expect(statuses.slice(0, 90).every((status) => status === 200)).toBe(true);
    expect(statuses).toContain(429);
  });
});

describe('reading the schema', () => {
  const query = '{ __schema { queryType { name } } }';

  it('needs a token where it is not open', async () => {
    const api = await openApi();
    expect((await api.graphql(null, query)).status).toBe(401);
    expect(
      (await api.graphql(null, `{ ...A } fragment A on Query { __schema { queryType { name } } }`))
        .status,
    ).toBe(401);
    expect((await api.graphql(api.tenants.acme.members.ana, query)).data).toBeTruthy();
    await api.close();
  });

  it('needs none where it is', async () => {
    const api = await openApi({ openIntrospection: true });
    expect((await api.graphql(null, query)).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    expect((await api.graphql(null, '{ viewer { unreadNotifications } }')).status).toBe(401);
    await api.close();
  });
});
