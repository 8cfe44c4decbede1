import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LockstepError } from '../errors.ts';
import type { EncryptionKey } from '../services/accounts/vault.ts';

/**
 * The vault's keys of a development installation: made once, kept beside the data they protect and
 * readable by the owner only. Production sets TOKEN_ENCRYPTION_KEYS instead.
 */
export async function developmentKeys(dataDir: string): Promise<EncryptionKey[]> {
  const file = path.join(dataDir, 'token-encryption-key');
  await mkdir(dataDir, { recursive: true });
  const fresh = `dev:${randomBytes(32).toString('base64')}\n`;
  // 'wx' decides between two processes that start at once: one writes, both then read.
  await writeFile(file, fresh, { flag: 'wx', mode: 0o600 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const [id, text] = (await readFile(file, 'utf8')).trim().split(':');
  const key = Buffer.from(text ?? '', 'base64');
  if (!id || key.length !== 32) {
    throw new LockstepError(
      'CONFIGURATION',
      `${file} does not hold an encryption key. Restore it from a backup; if there is none, delete it: members then have to reconnect their accounts.`,
    );
  }
  return [{ id, key }];
}
