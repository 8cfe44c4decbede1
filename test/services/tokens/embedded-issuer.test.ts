import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedIssuer } from '../../../src/services/tokens/embedded-issuer.ts';

const userId = '11111111-1111-4111-8111-111111111111';
const expected = { issuer: 'lockstep', audience: 'lockstep' };

describe('the embedded issuer', () => {
  let folder: string;
  let keyFile: string;
  let now = new Date('2026-05-01T12:00:00Z');
  const open = () => openEmbeddedIssuer(keyFile, expected, () => now);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'issuer-'));
    keyFile = path.join(folder, 'keys', 'signing.json');
    now = new Date('2026-05-01T12:00:00Z');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('verifies the tokens that another process issued', async () => {
    const token = await (await open()).issueToken({ userId, ttlSeconds: 60 });
    await expect((await open()).verify(token)).resolves.toEqual({
      userId,
      expiresAt: new Date('2026-05-01T12:01:00Z'),
    });
  });

  it('ends a token at its expiry, with no leeway', async () => {
    const issuer = await open();
    const token = await issuer.issueToken({ userId, ttlSeconds: 5 });
    now = new Date('2026-05-01T12:00:05Z');
    await expect(issuer.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('has one key although five processes start at once, readable by its owner only', async () => {
    const issuers = await Promise.all(Array.from({ length: 5 }, open));
    const tokens = await Promise.all(
      issuers.map((issuer) => issuer.issueToken({ userId, ttlSeconds: 60 })),
    );
    for (const issuer of issuers) {
      for (const token of tokens) await issuer.verify(token);
    }
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(keyFile))).toEqual(['signing.json']);
  });

  it('refuses tokens of another installation', async () => {
    const token = await (await open()).issueToken({ userId, ttlSeconds: 60 });
    await rm(keyFile);
    await expect((await open()).verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('says which file to delete when the key is damaged', async () => {
    await open();
    await writeFile(keyFile, '{"kty":');
    await expect(open()).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(keyFile),
    });
  });
});
