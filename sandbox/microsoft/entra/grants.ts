import type { StatePart } from '../../core/state-part.ts';
import type { EntraCode } from './entra-error.ts';

export interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly oid: string;
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly challenge: string | null;
  readonly expiresAtMs: number;
  used: boolean;
}

export interface Grant {
  readonly id: string;
  readonly oid: string;
  readonly clientId: string;
  readonly createdAtMs: number;
  /** Why refreshing is refused; null while it is not. */
  revoked: EntraCode | null;
}

export interface RefreshToken {
  readonly grantId: string;
  readonly expiresAtMs: number;
  /** Scopes asked for at the consent; what is granted in the end depends on the consent of the day. */
  readonly scopes: readonly string[];
  used: boolean;
}

export interface AccessToken {
  readonly grantId: string;
  readonly oid: string;
  readonly clientId: string;
  readonly expiresAtMs: number;
  scopes: readonly string[];
  /** Ended before its time by continuous access evaluation. */
  revoked: boolean;
}

/** Consents, codes and tokens. */
export class Grants implements StatePart {
  readonly name = 'microsoft.grants';
  readonly codes = new Map<string, Code>();
  readonly grants = new Map<string, Grant>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly #consents = new Map<string, Set<string>>();

  consented(oid: string, clientId: string): ReadonlySet<string> {
    return this.#consents.get(`${oid} ${clientId}`) ?? new Set();
  }

  consent(oid: string, clientId: string, scopes: Iterable<string>): void {
    this.#consents.set(
      `${oid} ${clientId}`,
      new Set([...this.consented(oid, clientId), ...scopes]),
    );
  }

  /** Takes scopes back (all when null), of one application or of all; live access tokens lose them too. */
  withdraw(oid: string, scopes: readonly string[] | null, clientId: string | null): void {
    const remains = (list: Iterable<string>) =>
      [...list].filter((scope) => scopes !== null && !scopes.includes(scope));
    for (const [key, consent] of this.#consents) {
      if (key.startsWith(`${oid} ${clientId ?? ''}`))
        this.#consents.set(key, new Set(remains(consent)));
    }
    for (const token of this.accessTokens.values()) {
      if (token.oid === oid && (clientId === null || token.clientId === clientId))
        token.scopes = remains(token.scopes);
    }
  }

  /** Ends the account's grants: refreshing fails with the code, and access tokens at once if asked. */
  revoke(oid: string, code: EntraCode, accessTokens: boolean): number {
    let count = 0;
    for (const grant of this.grants.values()) {
      if (grant.oid !== oid || grant.revoked !== null) continue;
      grant.revoked = code;
      count += 1;
    }
    if (accessTokens)
      for (const token of this.accessTokens.values()) if (token.oid === oid) token.revoked = true;
    return count;
  }

  /** Makes the account's access tokens (all accounts' when null) look expired. */
  expireAccessTokens(oid: string | null, nowMs: number): number {
    let count = 0;
    for (const [text, token] of this.accessTokens) {
      if ((oid !== null && token.oid !== oid) || token.expiresAtMs <= nowMs) continue;
      this.accessTokens.set(text, { ...token, expiresAtMs: nowMs });
      count += 1;
    }
    return count;
  }

  /** Forgets what expired more than a day ago, so that long runs do not grow. */
  prune(nowMs: number): void {
    const day = 86_400_000;
    for (const [text, token] of this.accessTokens)
      if (token.expiresAtMs < nowMs - day) this.accessTokens.delete(text);
    for (const [text, code] of this.codes)
      if (code.expiresAtMs < nowMs - day) this.codes.delete(text);
  }

  save(): unknown {
    return {
      codes: [...this.codes],
      grants: [...this.grants],
      refreshTokens: [...this.refreshTokens],
      accessTokens: [...this.accessTokens],
      consents: [...this.#consents].map(([key, scopes]) => [key, [...scopes]]),
    };
  }

  load(state: unknown): void {
    const saved = structuredClone(state) as {
      codes: [string, Code][];
      grants: [string, Grant][];
      refreshTokens: [string, RefreshToken][];
      accessTokens: [string, AccessToken][];
      consents: [string, string[]][];
    };
    refill(this.codes, saved.codes);
    refill(this.grants, saved.grants);
    refill(this.refreshTokens, saved.refreshTokens);
    refill(this.accessTokens, saved.accessTokens);
    refill(
      this.#consents,
      saved.consents.map(([key, scopes]) => [key, new Set(scopes)]),
    );
  }
}

function refill<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
