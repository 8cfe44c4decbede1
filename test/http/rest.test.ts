import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Api, openApi, tokenOf } from './support/api.ts';

describe('POST /sync/initial/{provider}', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    const { acme } = api.tenants;
    await api.rows('delete from sync_job_queue');
    await api.rows('delete from connections');
    await api.rows(
      "insert into connections (tenant_id, org_id, provider_key) values ($1, $2, 'outlook')",
      [acme.members.ana.id, acme.id],
    );
  });

  async function start(provider: string, headers: Record<string, string> = {}) {
    const authorization = `Bearer ${await tokenOf(api.tenants.acme.members.ana)}`;
    const response = await api.fetch(`/sync/initial/${provider}`, {
      method: 'POST',
      headers: { authorization, ...headers },
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  it('starts, and answers like the mutation', async () => {
    const { status, body } = await start('outlook');
    expect(status).toBe(202);
    const [run] = await api.rows<{ id: string }>('select id from sync_job_queue');
    expect(body).toEqual({
      status: 'started',
      job_id: run?.id,
      provider: 'outlook',
      backfill_days: 365,
      locked: true,
      message: expect.stringMatching(/Reading 365 days of your Outlook mail/),
    });
  });

  it('gives the same key the same answer, however concurrently', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => start('outlook', { 'idempotency-key': 'once' })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.job_id)).size).toBe(1);
    expect(await api.rows('select from sync_job_queue')).toHaveLength(1);
    const mutation = await api.graphql(
      api.tenants.acme.members.ana,
      `mutation { startInitialSync(input: { provider: OUTLOOK, idempotencyKey: "once" }) {
         ... on InitialSyncStarted { jobId } } }`,
    );
    expect(mutation.data).toEqual({ startInitialSync: { jobId: answers[0]?.body.job_id } });
  });

  it('refuses a key that was used for something else (G68)', async () => {
    await start('outlook', { 'idempotency-key': 'k' });
    const { status, body } = await start('gmail', { 'idempotency-key': 'k' });
    expect([status, body.error.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  });

  it('answers 409 while it runs and 403 once it is locked (G71)', async () => {
    await start('outlook');
    const running = await start('outlook');
    expect([running.status, running.body.error.code]).toEqual([409, 'SYNC_ALREADY_RUNNING']);
    await api.rows("update sync_job_queue set status = 'completed'");
    const locked = await start('outlook');
    expect(locked.status).toBe(403);
    expect(locked.body).toEqual({
      error: {
        code: 'SYNC_LOCKED',
        message: expect.stringMatching(/locked since .* administrator/s),
      },
    });
  });

  it('answers 404 when the provider is not connected (G73)', async () => {
    const { status, body } = await start('gmail');
    expect([status, body.error.code]).toEqual([404, 'NOT_CONNECTED']);
    expect(body.error.message).toMatch(/No Gmail account is connected/);
  });

  it('names the providers there are (G74)', async () => {
    const { status, body } = await start('yahoo');
    expect([status, body.error]).toEqual([
      400,
      {
        code: 'BAD_USER_INPUT',
        message: 'provider: expected outlook or gmail, found "yahoo".',
        field: 'provider',
      },
    ]);
  });

  it('refuses strangers with 401 and too long keys with 400', async () => {
    const stranger = await api.fetch('/sync/initial/outlook', { method: 'POST' });
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('www-authenticate')).toBe('Bearer');
    expect(await stranger.json()).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
    const { status, body } = await start('outlook', { 'idempotency-key': 'k'.repeat(256) });
    expect([status, body.error]).toMatchObject([400, { limit: 255, field: 'Idempotency-Key' }]);
  });
});
