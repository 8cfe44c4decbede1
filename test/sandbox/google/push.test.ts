import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, gmailOf, user } from './support/gmail.ts';

const topic = 'projects/lockstep/topics/mail';
const name = 'projects/lockstep/subscriptions/mail-push';

interface Received {
  readonly authorization: string;
  readonly subscription: string;
  readonly messageId: string;
  readonly data: { readonly emailAddress: string; readonly historyId: unknown };
}

describe('watch and push', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;
  let receiver: Server;
  let received: Received[];
  let statuses: number[];

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
    receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { message, subscription } = JSON.parse(Buffer.concat(chunks).toString());
      const data = JSON.parse(Buffer.from(message.data, 'base64').toString());
      const authorization = request.headers.authorization ?? '';
      received.push({ authorization, subscription, messageId: message.messageId, data });
      response.writeHead(statuses.shift() ?? 204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    await sandbox.control.reset();
    received = [];
    statuses = [];
    const { port } = receiver.address() as AddressInfo;
    await sandbox.control.google.pubSub.subscribe({
      name,
      topic,
      endpoint: `http://127.0.0.1:${port}/push`,
      audience: 'https://lockstep.test/push',
    });
    await sandbox.control.google.changeSettings({ pushRateLimit: false, pushRetryMs: 20 });
    gmail = await gmailOf(sandbox);
  });
  afterAll(async () => {
    await sandbox.close();
    receiver.close();
  });

  const watch = (more: Record<string, unknown> = {}) =>
    gmail.post<{ historyId: string; expiration: string }>('/watch', { topicName: topic, ...more });
  const deliver = (labels = ['INBOX']) =>
    sandbox.control.google.mailbox(user).deliver([{ subject: 'Ping', labels }]);
  const arrived = (count: number) =>
    vi.waitFor(() => expect(received).toHaveLength(count), { timeout: 3000, interval: 10 });
  const pushes = () => sandbox.control.google.pubSub.pushes();

  it('publishes at once, then at each change, with a number as history id', async () => {
    const before = (await gmail.get<{ historyId: string }>('/profile')).historyId;
    const { body } = await watch();
    expect(body.historyId).toBe(before);
    expect(Number(body.expiration) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    await arrived(1);
    expect(received[0]).toMatchObject({
      subscription: name,
      data: { emailAddress: user, historyId: Number(before) },
    });
    await deliver();
    await arrived(2);
    const now = (await gmail.get<{ historyId: string }>('/profile')).historyId;
    expect(received[1]?.data.historyId).toBe(Number(now));
    expect(received[1]?.messageId).not.toBe(received[0]?.messageId);
  });

  it('signs an OIDC token for the audience', async () => {
    await watch();
    await arrived(1);
    const keys = createRemoteJWKSet(new URL(`${sandbox.url}/oauth2/v3/certs`));
    const { payload } = await jwtVerify(received[0]?.authorization.slice(7) ?? '', keys, {
      issuer: sandbox.url,
      audience: 'https://lockstep.test/push',
    });
    expect(payload).toMatchObject({
      email: 'gmail-push@sandbox.iam.gserviceaccount.com',
      email_verified: true,
    });
  });

  it('tries again until it is acknowledged, or gives up', async () => {
    statuses = [503, 404, 200];
    await watch();
    await arrived(3);
    expect(new Set(received.map((one) => one.messageId)).size).toBe(1);
    await vi.waitFor(async () =>
      expect((await pushes())[0]).toMatchObject({ state: 'acknowledged', attempts: 3 }),
    );
    await sandbox.control.google.changeSettings({ pushAttempts: 2 });
    statuses = [500, 500, 500];
    await deliver();
    await vi.waitFor(async () =>
      expect((await pushes())[1]).toMatchObject({ state: 'failed', attempts: 2, status: 500 }),
    );
  });

  it('drops, doubles, holds and reorders, as set', async () => {
    await sandbox.control.google.changeSettings({ pushCopies: 0 });
    await watch();
    await sandbox.control.google.changeSettings({ pushCopies: 2 });
    await deliver();
    await arrived(2);
    expect(received[0]?.messageId).toBe(received[1]?.messageId);
    await sandbox.control.google.changeSettings({ pushCopies: 1, pushDelivery: 'hold' });
    await deliver();
    await deliver();
    expect((await pushes()).map((push) => push.state)).toEqual([
      'dropped',
      'acknowledged',
      'held',
      'held',
    ]);
    const held = (await pushes()).slice(2).map((push) => push.messageId);
    await sandbox.control.google.pubSub.release({ messageId: held[1] ?? '' });
    await arrived(3);
    expect(await sandbox.control.google.pubSub.release()).toEqual({ sent: 1 });
    await arrived(4);
    expect(received.slice(2).map((one) => one.messageId)).toEqual(held.toReversed());
  });

  it('sends at most one a second and user', async () => {
    await sandbox.control.google.changeSettings({ pushRateLimit: true });
    await watch();
    await deliver();
    await sandbox.control.clock.advance({ seconds: 1 });
    await deliver();
    await deliver();
    expect(await pushes()).toHaveLength(2);
  });

  it.each([
    ['include', 1, 0],
    ['exclude', 0, 1],
  ])('minds labels (%s)', async (labelFilterBehavior, inbox, sent) => {
    await watch({ labelIds: ['INBOX'], labelFilterBehavior });
    await deliver(['INBOX']);
    expect(await pushes()).toHaveLength(1 + inbox);
    await deliver(['SENT']);
    expect(await pushes()).toHaveLength(1 + inbox + sent);
  });

  it('ends by stop, and by itself after seven days', async () => {
    await watch();
    expect((await gmail.post('/stop', {})).status).toBe(204);
    await deliver();
    expect(await pushes()).toHaveLength(1);
    await watch();
    await sandbox.control.clock.advance({ seconds: 7 * 86_400 });
    await deliver();
    expect(await pushes()).toHaveLength(2);
  });

  it('refuses a second topic, and a topic that is none', async () => {
    await watch();
    expect((await watch()).status).toBe(200);
    expect(await watch({ topicName: 'projects/lockstep/topics/other' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('Only one user push notification') } },
    });
    expect((await watch({ topicName: 'mail' })).status).toBe(400);
    expect((await watch({ labelIds: ['Label_77'] })).status).toBe(400);
  });
});
