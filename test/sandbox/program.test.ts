import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ControlClient } from '../../sandbox/control-client.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { emptySeed, graphOf } from './support/graph.ts';

const main = new URL('../../sandbox/main.ts', import.meta.url).pathname;

describe('the sandbox as a program', () => {
  let directory: string;
  const started: ChildProcess[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    await writeFile(join(directory, 'seed.json'), JSON.stringify(emptySeed));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rm(directory, { recursive: true }));

  function run(...args: string[]) {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.err += chunk.toString();
    });
    const ended = once(child, 'close').then(([code]) => Number(code));
    const ready = async (): Promise<string> => {
      while (!output.out.includes('\n')) {
        if (child.exitCode !== null) throw new Error(output.err);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return /^Sandbox is ready at (http:\S+)\n$/.exec(output.out)?.[1] ?? '';
    };
    return { child, output, ended, ready };
  }

  it('says where it is, keeps its state, and stops on a signal', async () => {
    const state = join(directory, 'state.json');
    const first = run('--seed', join(directory, 'seed.json'), '--state', state);
    const control = new ControlClient(await first.ready());
    const [added] = await control.microsoft
      .mailbox('ana@acme.test')
      .add('inbox', [{ subject: 'Kept' }]);
    const open = fetch(`${await first.ready()}/v1.0/me`);
    await open;
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ version: 1 });
    const second = run('--state', state);
    const again = new ControlClient(await second.ready());
    expect(
      (await again.microsoft.mailbox('ana@acme.test').messages('inbox')).map((one) => one.id),
    ).toEqual([added?.id]);
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
  });

  it('explains wrong arguments and seeds', async () => {
    const wrong = run('--port', 'many');
    expect(await wrong.ended).toBe(2);
    expect(wrong.output.err).toContain('--port must be a whole number');
    const unknown = run('--nonsense');
    expect(await unknown.ended).toBe(2);
    const missing = run('--seed', join(directory, 'missing.json'));
    expect(await missing.ended).toBe(1);
    expect(missing.output.err).toMatch(/The seed .*missing\.json cannot be read/);
    await writeFile(
      join(directory, 'bad.json'),
      '{"version": 1, "microsoft": {"accounts": [{"email": "x"}], "people": []}}',
    );
    const bad = run('--seed', join(directory, 'bad.json'));
    expect(await bad.ended).toBe(1);
    expect(bad.output.err).toMatch(/microsoft\.accounts\[0\]\.email/);
    expect(bad.output.err).toContain('people');
    expect(bad.output.err).not.toContain('    at ');
  });

  it('keeps refresh tokens over a kill', async () => {
    const state = join(directory, 'killed.json');
    const first = run('--seed', join(directory, 'seed.json'), '--state', state);
    const url = await first.ready();
    const tokens = await new ControlClient(url).microsoft.issueTokens({
      user: 'ana@acme.test',
      scopes: ['offline_access', 'Mail.Read'],
    });
    const form = {
      grant_type: 'refresh_token',
      client_id: 'lockstep-sandbox',
      client_secret: 'lockstep-sandbox-secret',
    };
    const use = (at: string, token: unknown) =>
      fetch(`${at}/common/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...form, refresh_token: String(token) }),
      });
    const { refresh_token } = (await (await use(url, tokens.refresh_token)).json()) as {
      refresh_token: string;
    };
    first.child.kill('SIGKILL');
    await first.ended;
    const second = run('--state', state);
    expect((await use(await second.ready(), refresh_token)).status).toBe(200);
  });
});

describe('the demo seed', () => {
  it('has the demo members, and about 5,000 messages over 400 days for Ana', async () => {
    const sandbox = await startSandbox({ port: 0 });
    try {
      const accounts = await sandbox.control.microsoft.accounts();
      expect(accounts.map((account) => account.email)).toEqual([
        'ana@acme.test',
        'ben@acme.test',
        'adam@acme.test',
        'gus@globex.test',
        'gina@globex.test',
        'olga@lockstep.test',
      ]);
      const folders = await sandbox.control.microsoft.mailbox('ana@acme.test').folders();
      const counts = Object.fromEntries(folders.map((folder) => [folder.name, folder.total]));
      for (const name of [
        'Inbox',
        'Sent Items',
        'Archive',
        'Projects',
        'Atlas',
        'Drafts',
        'Junk Email',
        'Deleted Items',
        'Quick Step Settings',
      ]) {
        expect(counts[name], name).toBeGreaterThan(0);
      }
      const graph = await graphOf(sandbox, 'ana@acme.test');
      const { items, last } = await graph.all(
        '/me/messages?$top=1000&$count=true&$select=receivedDateTime,hasAttachments,conversationId,internetMessageId',
      );
      expect(last['@odata.count']).toBe(5000);
      const newest = Date.parse(items[0]?.receivedDateTime ?? '');
      const oldest = Date.parse(items.at(-1)?.receivedDateTime ?? '');
      expect(Date.now() - newest).toBeLessThan(2 * 86_400_000);
      expect((Date.now() - oldest) / 86_400_000).toBeCloseTo(400, -1);
      const share = items.filter((item) => item['hasAttachments'] === true).length / items.length;
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.2);
      expect(new Set(items.map((item) => item['internetMessageId'])).size).toBe(5000);
      expect(new Set(items.map((item) => item['conversationId'])).size).toBeGreaterThan(1000);
    } finally {
      await sandbox.close();
    }
  });

  it('threads answers to the message before', async () => {
    const sandbox = await startSandbox({ port: 0 });
    try {
      const graph = await graphOf(sandbox, 'ben@acme.test');
      const { items } = await graph.all(
        '/me/messages?$top=1000&$select=subject,conversationId,internetMessageId,internetMessageHeaders,body',
      );
      const ids = new Map(items.map((item) => [item['internetMessageId'], item['conversationId']]));
      const replies = items.filter((item) => item.subject?.startsWith('RE: '));
      expect(replies.length).toBeGreaterThan(50);
      for (const reply of replies) {
        const headers = reply['internetMessageHeaders'] as { name: string; value: string }[];
        const parent = headers.find((header) => header.name === 'In-Reply-To')?.value;
        expect(ids.get(parent)).toBe(reply['conversationId']);
      }
      const sizes = items.map((item) =>
        Buffer.byteLength((item['body'] as { content: string }).content),
      );
      expect(Math.min(...sizes)).toBeGreaterThan(1000);
      expect(Math.max(...sizes)).toBeLessThan(9000);
    } finally {
      await sandbox.close();
    }
  });
});
