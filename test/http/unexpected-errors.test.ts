import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockstepError } from '../../src/errors.ts';
import { maskedErrors } from '../../src/http/errors.ts';
import { type Api, openApi } from './support/api.ts';

describe('an error nobody foresaw', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
  });
  afterAll(() => api.close());

  it('shows its request id and nothing else; the log has the rest', async () => {
    const { ana } = api.tenants.acme.members;
    await api.rows('alter table notifications rename column read_at to was_read_at');
    const { errors, text, data } = await api.graphql(
      ana,
      '{ viewer { unreadNotifications } }',
      {},
      {
        'x-request-id': 'lost-1',
      },
    );
    await api.rows('alter table notifications rename column was_read_at to read_at');
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('lost-1'),
        path: ['viewer', 'unreadNotifications'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'lost-1' },
      },
    ]);
    expect(text).not.toMatch(/read_at|prisma|stack|select/i);
    const log = api.lines.join('');
    expect(log).toMatch(/"requestId":"lost-1"/);
    expect(log).toMatch(/read_at/);
  });

  it('is told from a deliberate one, however often both were wrapped', () => {
    const edge = { requestId: 'r', log: { error: () => undefined } as never };
    const wrap = (error: Error) =>
      new GraphQLError('outer', {
        originalError: new GraphQLError('inner', { originalError: error }),
      });
    const deliberate = new LockstepError('RATE_LIMITED', 'slow down', { retryAfterSeconds: 3 });
    expect(maskedErrors(wrap(deliberate), edge)[0]).toMatchObject({
      message: 'slow down',
      extensions: { code: 'RATE_LIMITED', requestId: 'r', retryAfterSeconds: 3 },
    });
    expect(maskedErrors(wrap(new Error('password=secret')), edge)[0]?.toJSON()).toEqual({
      message: expect.not.stringContaining('secret'),
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r' },
    });
    const plugin = new GraphQLError('secret of a plugin', { path: ['viewer'] });
    expect(maskedErrors(plugin, edge)[0]?.extensions).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
    });
    expect(maskedErrors(new AggregateError([deliberate, deliberate]), edge)).toHaveLength(2);
  });
});
