import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, type GoogleFailure, gmailOf, type Message, user } from './support/gmail.ts';

interface Answer {
  readonly id: string;
  readonly status: number;
  readonly body: Message & GoogleFailure;
}

/** Reads a batch answer with regular expressions only: not with the sandbox's own parser. */
function readAnswers(type: string | null, text: string): Answer[] {
  const boundary = /boundary=(\S+)/.exec(type ?? '')?.[1] ?? '';
  return text
    .replaceAll('\r\n', '\n')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = '', inner = '', body = ''] = part.trim().split('\n\n');
      return {
        id: /Content-ID: <response-(.*)>/.exec(head)?.[1] ?? '',
        status: Number(/^HTTP\/1\.1 (\d+)/.exec(inner)?.[1]),
        body: JSON.parse(body) as Message & GoogleFailure,
      };
    });
}

describe('batches', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;
  let ids: string[];

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    await sandbox.control.google.mailbox(user).generate({ count: 120 });
    gmail = await gmailOf(sandbox);
    ids = (await gmail.list()).ids;
  });
  afterAll(() => sandbox.close());

  async function send(paths: readonly string[], path = '/batch', newline = '\r\n') {
    const parts = paths.map((one, i) =>
      [
        '--b',
        'Content-Type: application/http',
        `Content-ID: <item-${i}>`,
        '',
        `GET ${one}`,
        '',
        '',
      ].join(newline),
    );
    const answer = await fetch(`${sandbox.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: gmail.authorization,
        'content-type': 'multipart/mixed; boundary=b',
      },
      body: `${parts.join(newline)}${newline}--b--`,
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type');
    return { status: answer.status, text, answers: answer.ok ? readAnswers(type, text) : [] };
  }
  const paths = (wanted: readonly string[]) =>
    wanted.map((id) => `/gmail/v1/users/me/messages/${id}?format=metadata`);

  it.each([
    ['/batch', '\r\n'],
    ['/batch/gmail/v1', '\n'],
  ])('answers each part under its Content-ID, in another order (%s)', async (path, newline) => {
    const { status, answers } = await send(paths(ids.slice(0, 50)), path, newline);
    expect(status).toBe(200);
    expect(answers[0]?.id).toBe('item-49');
    for (let i = 0; i < 50; i += 1) {
      const answer = answers.find((one) => one.id === `item-${i}`);
      expect([answer?.status, answer?.body.id]).toEqual([200, ids[i]]);
      expect(answer?.body.payload?.headers.length).toBeGreaterThan(3);
    }
  });

  it('ends lines with LF when set so', async () => {
    await sandbox.control.google.changeSettings({ batchNewlines: 'lf' });
    const { text, answers } = await send(paths(ids.slice(0, 2)));
    expect(text).not.toContain('\r\n--batch');
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  });

  it('fails part by part: unknown messages, and too many at a time', async () => {
    await sandbox.control.google.changeSettings({ batchConcurrency: 3 });
    const unknown = `${ids[0]?.slice(0, 8)}ffffffff`;
    const { answers } = await send(paths([ids[0] ?? '', unknown, ...ids.slice(1, 4)]));
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    expect([0, 1, 2, 3, 4].map((i) => byId.get(`item-${i}`)?.status)).toEqual([
      200, 404, 200, 429, 429,
    ]);
    expect(byId.get('item-4')?.body.error).toMatchObject({
      message: 'Too many concurrent requests for user',
      errors: [{ reason: 'rateLimitExceeded' }],
    });
  });

  it('meets scripted faults part by part', async () => {
    await sandbox.control.faults.add({
      match: { vendor: 'google', path: `/messages/${ids[1]}$` },
      times: 1,
      action: { type: 'throttle' },
    });
    const first = await send(paths(ids.slice(0, 3)));
    expect(first.answers.find((answer) => answer.id === 'item-1')?.status).toBe(429);
    expect(first.answers.filter((answer) => answer.status === 200)).toHaveLength(2);
    expect((await send(paths(ids.slice(1, 2)))).answers[0]?.status).toBe(200);
  });

  it('counts every part against the quota', async () => {
    await sandbox.control.google.changeSettings({ quota: { perUser: 100, units: 'new' } });
    const { answers } = await send(paths(ids.slice(0, 8)));
    const refused = answers.filter((answer) => answer.status === 403);
    expect(refused).toHaveLength(3);
    expect(refused[0]?.body.error.errors[0]).toMatchObject({ domain: 'usageLimits' });
  });

  it('takes a hundred calls, not more, of Gmail only, and no batch inside', async () => {
    expect((await send(paths(ids.slice(0, 100)))).answers).toHaveLength(100);
    expect((await send(paths(ids.slice(0, 101)))).status).toBe(400);
    const { answers } = await send(['/batch', '/tokeninfo', '/gmail/v1/users/me/profile']);
    expect(answers.map((answer) => answer.status)).toEqual([200, 400, 400]);
  });

  it('refuses what is no batch, and who has no token', async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${sandbox.url}/batch`, { method: 'POST', headers, body: 'x' });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: gmail.authorization })).status).toBe(400);
  });
});
