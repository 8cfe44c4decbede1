import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { LockstepError } from '../../errors.ts';

export const signingAlgorithm = 'ES256';

export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/**
 * The embedded issuer's key pair: read from the file, or generated into it once. Two processes
 * that start together end up with the same key, because only one can link the file's name.
 */
export async function loadSigningKey(file: string): Promise<SigningKey> {
  const stored = (await read(file)) ?? (await generate(file));
  const { d, ...publicPart } = stored;
  if (!stored.kid || !d) throw unreadable(file);
  const [privateKey, publicKey] = await Promise.all([imported(stored), imported(publicPart)]);
  return { id: stored.kid, privateKey, publicKey };

  async function imported(jwk: JWK): Promise<CryptoKey> {
    const key = await importJWK(jwk, signingAlgorithm).catch((cause) => {
      throw unreadable(file, cause);
    });
    if (key instanceof Uint8Array) throw unreadable(file);
    return key;
  }
}

async function read(file: string): Promise<JWK | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw unreadable(file, error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function generate(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: signingAlgorithm };
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
    return jwk;
  } catch (error) {
    const winner = await read(file);
    if (winner) return winner;
    throw unreadable(file, error);
  } finally {
    await rm(draft, { force: true });
  }
}

function unreadable(file: string, cause?: unknown): LockstepError {
  return new LockstepError(
    'CONFIGURATION',
    `The development signing key ${file} cannot be used. Delete the file to have a new one made; tokens signed with the old one end.`,
    { cause },
  );
}
