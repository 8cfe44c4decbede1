import { createPublicKey } from 'node:crypto';
import {
  type CryptoKey,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';
import type { StatePart } from '../state-part.ts';

/** The RSA key that signs tokens; part of snapshots, so that tokens outlive a restart. */
export class SigningKey implements StatePart {
  readonly name: string;
  #privateJwk: JWK;
  #key: CryptoKey | Uint8Array;

  private constructor(name: string, privateJwk: JWK, key: CryptoKey | Uint8Array) {
    this.name = name;
    this.#privateJwk = privateJwk;
    this.#key = key;
  }

  static async generate(name: string, kid: string): Promise<SigningKey> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    return new SigningKey(
      name,
      { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' },
      privateKey,
    );
  }

  publicJwk(): JWK {
    const { kty, n, e, kid, alg, use } = this.#privateJwk;
    return { kty, n, e, kid, alg, use, x5t: kid } as JWK;
  }

  publicPem(): string {
    const key = createPublicKey({ key: { ...this.publicJwk() }, format: 'jwk' });
    return key.export({ type: 'spki', format: 'pem' }).toString();
  }

  /** Whether this key signed the token; its times are not looked at. */
  async verifies(token: string): Promise<boolean> {
    try {
      await compactVerify(token, await importJWK(this.publicJwk(), 'RS256'));
      return true;
    } catch {
      return false;
    }
  }

  sign(payload: JWTPayload): Promise<string> {
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#privateJwk.kid ?? '' })
      .sign(this.#key);
  }

  save(): unknown {
    return this.#privateJwk;
  }

  async load(state: unknown): Promise<void> {
    this.#privateJwk = state as JWK;
    this.#key = await importJWK(this.#privateJwk, 'RS256');
  }
}
