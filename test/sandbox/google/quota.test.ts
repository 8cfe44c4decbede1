import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, gmailOf, type Listed, user } from './support/gmail.ts';

describe('quotas', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;
  let id: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    await sandbox.control.clock.freeze();
    const [ids] = await sandbox.control.google.mailbox(user).deliver([{ subject: 'Hello' }]);
    id = (ids as Listed).id;
    gmail = await gmailOf(sandbox);
  });
  afterAll(() => sandbox.close());

  const settings = (quota: Parameters<typeof sandbox.control.google.changeSettings>[0]['quota']) =>
    sandbox.control.google.changeSettings({ quota: quota ?? null });
  const advance = (seconds: number) => sandbox.control.clock.advance({ seconds });
  const status = async (path: string) => (await gmail.send(path)).status;
  const get = () => status(`/messages/${id}`);
  /** How many calls pass until one is refused. */
  async function until(refusal: number, limit = 500): Promise<number> {
    for (let i = 0; i < limit; i += 1) if ((await get()) === refusal) return i;
    return limit;
  }

  it('are off by default', async () => {
    expect((await sandbox.control.google.settings()).quota).toBeNull();
    expect(await until(403, 20)).toBe(20);
  });

  it('allow 6,000 units of new projects a minute: 150 threads', async () => {
    const { quota } = await settings('real');
    expect(quota).toEqual({
      perUser: 6000,
      perProject: 1_200_000,
      units: 'new',
      window: 'sliding',
      answer: '403',
    });
    for (let i = 0; i < 150; i += 1) expect(await status(`/threads/${id}`)).toBe(200);
    expect(await get()).toBe(403);
    expect(await sandbox.control.google.quotaSpent(user)).toBe(6000);
    expect(await status('/history?startHistoryId=1')).toBe(403);
  });

  it('allow old projects more, at a lower price', async () => {
    await settings({ perUser: 15_000, units: 'old' });
    expect(await until(403, 10)).toBe(10);
    expect(await sandbox.control.google.quotaSpent(user)).toBe(50);
  });

  it('slide: what was spent comes back a minute later', async () => {
    await settings({ perUser: 40 });
    await get();
    await advance(30);
    await get();
    expect(await get()).toBe(403);
    await advance(29);
    expect(await get()).toBe(403);
    await advance(1);
    expect(await get()).toBe(200);
    expect(await get()).toBe(403);
  });

  it('or begin anew with each minute of the clock', async () => {
    await settings({ perUser: 40, window: 'fixed' });
    await sandbox.control.clock.set(new Date('2026-01-05T10:00:50Z'));
    gmail = await gmailOf(sandbox);
    expect(await until(403)).toBe(2);
    await advance(10);
    expect(await until(403)).toBe(2);
  });

  it('take a table of your own', async () => {
    await settings({ perUser: 10, units: { 'users.messages.get': 5, 'users.getProfile': 0 } });
    for (let i = 0; i < 20; i += 1) expect(await status('/profile')).toBe(200);
    expect(await until(403)).toBe(2);
  });

  it('are kept per user and project, and for the whole project', async () => {
    await settings({ perUser: 40, perProject: 60 });
    expect(await until(403)).toBe(2);
    await sandbox.control.google.putClient({ id: 'another-project', secrets: ['s'] });
    gmail = await gmailOf(sandbox, { clientId: 'another-project' });
    expect(await get()).toBe(200);
    const tokens = await sandbox.control.google.issueTokens({
      user: 'pia@gmail.test',
      scopes: ['https://mail.google.com/'],
    });
    const list = () =>
      fetch(`${sandbox.url}/gmail/v1/users/me/messages`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
    for (let i = 0; i < 4; i += 1) expect((await list()).status).toBe(200);
    const refused = await list();
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.not.stringContaining('per user'),
    ]);
  });

  it('answer in each of the shapes that were seen', async () => {
    await sandbox.control.clock.set(new Date('2026-01-05T10:00:00Z'));
    gmail = await gmailOf(sandbox);
    const shape = async (answer: '403' | '429' | '429-time') => {
      await settings({ perUser: 20, answer });
      await get();
      const { body, headers } = await gmail.refused('/profile');
      expect(headers.get('retry-after')).toBeNull();
      return body.error;
    };
    expect(await shape('403')).toMatchObject({
      code: 403,
      status: 'PERMISSION_DENIED',
      message: expect.stringContaining("limit 'Queries per minute per user'"),
      errors: [{ domain: 'usageLimits', reason: 'rateLimitExceeded' }],
    });
    expect(await shape('429')).toMatchObject({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'Resource has been exhausted (e.g. check quota).',
      errors: [{ domain: 'global', reason: 'rateLimitExceeded' }],
    });
    expect((await shape('429-time')).message).toBe(
      'User-rate limit exceeded.  Retry after 2026-01-05T10:01:00.000Z',
    );
  });

  it('refuse a fifth request at one time, when set so', async () => {
    await sandbox.control.google.changeSettings({ concurrency: 4 });
    await sandbox.control.settings.change({ latencyMs: { from: 100, to: 100 } });
    const statuses = await Promise.all(Array.from({ length: 6 }, () => get()));
    expect(statuses.filter((one) => one === 429)).toHaveLength(2);
  });
});
