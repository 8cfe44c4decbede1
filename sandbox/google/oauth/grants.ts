import type { StatePart } from '../../core/state-part.ts';

export interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly sub: string;
  /** What the person ticked, with what was granted before when the request asked for that. */
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly challenge: { readonly value: string; readonly method: 'S256' | 'plain' } | null;
  readonly offline: boolean;
  /** Whether redeeming it gives a refresh token. */
  readonly withRefreshToken: boolean;
  readonly expiresAtMs: number;
  used: boolean;
}

/** Why a refresh token no longer works. */
export const refreshEnds = ['revoked', 'evicted', 'rapt'] as const;
export type RefreshEnd = (typeof refreshEnds)[number];

export interface RefreshToken {
  readonly sub: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Set while the project is in testing. */
  readonly expiresAtMs: number | null;
  usedAtMs: number;
  ended: RefreshEnd | null;
}

export interface AccessToken {
  readonly sub: string;
  readonly clientId: string;
  readonly expiresAtMs: number;
  readonly offline: boolean;
  scopes: readonly string[];
  revoked: boolean;
}

/** Consents, codes and tokens. */
export class Grants implements StatePart {
  readonly name = 'google.grants';
  readonly codes = new Map<string, Code>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly #consents = new Map<string, Set<string>>();
  readonly #offline = new Set<string>();

  consented(sub: string, clientId: string): ReadonlySet<string> {
    return this.#consents.get(`${sub} ${clientId}`) ?? new Set();
  }

  consent(sub: string, clientId: string, scopes: Iterable<string>): void {
    this.#consents.set(
      `${sub} ${clientId}`,
      new Set([...this.consented(sub, clientId), ...scopes]),
    );
  }

  /** Notes a consent to offline access; true the first time. */
  firstOffline(sub: string, clientId: string): boolean {
    const key = `${sub} ${clientId}`;
    if (this.#offline.has(key)) return false;
    this.#offline.add(key);
    return true;
  }

  /** Keeps a refresh token; the oldest live one beyond the limit dies without a word. */
  addRefreshToken(text: string, token: RefreshToken, limit: number): void {
    this.refreshTokens.set(text, token);
    const live = [...this.refreshTokens.values()].filter(
      (one) => one.sub === token.sub && one.clientId === token.clientId && one.ended === null,
    );
    for (const old of live.slice(0, Math.max(0, live.length - limit))) old.ended = 'evicted';
  }

  /** Takes scopes back; live access tokens lose them too. */
  withdraw(sub: string, scopes: readonly string[], clientId: string | null): void {
    const remains = (list: Iterable<string>) => [...list].filter((one) => !scopes.includes(one));
    for (const [key, consent] of this.#consents)
      if (key.startsWith(`${sub} ${clientId ?? ''}`))
        this.#consents.set(key, new Set(remains(consent)));
    for (const token of this.accessTokens.values())
      if (token.sub === sub && (clientId === null || token.clientId === clientId))
        token.scopes = remains(token.scopes);
  }

  /** Ends what an account granted to one application, or to all: the next consent is a first one again. */
  revoke(sub: string, clientId: string | null): number {
    const concerns = (one: { sub: string; clientId: string }) =>
      one.sub === sub && (clientId === null || one.clientId === clientId);
    for (const keys of [this.#consents, this.#offline])
      for (const key of [...keys.keys()])
        if (key.startsWith(`${sub} `) && (clientId === null || key === `${sub} ${clientId}`))
          keys.delete(key);
    for (const token of this.accessTokens.values()) if (concerns(token)) token.revoked = true;
    return this.endRefreshTokens((token) => concerns(token), 'revoked');
  }

  endRefreshTokens(concerns: (token: RefreshToken) => boolean, end: RefreshEnd): number {
    let count = 0;
    for (const token of this.refreshTokens.values()) {
      if (token.ended !== null || !concerns(token)) continue;
      token.ended = end;
      count += 1;
    }
    return count;
  }

  /** Makes the account's access tokens (all accounts' when null) look expired. */
  expireAccessTokens(sub: string | null, nowMs: number): number {
    let count = 0;
    for (const [text, token] of this.accessTokens) {
      if ((sub !== null && token.sub !== sub) || token.expiresAtMs <= nowMs) continue;
      this.accessTokens.set(text, { ...token, expiresAtMs: nowMs });
      count += 1;
    }
    return count;
  }

  /** Forgets what expired more than a day ago, so that long runs do not grow. */
  prune(nowMs: number): void {
    const before = nowMs - 86_400_000;
    for (const [text, token] of this.accessTokens)
      if (token.expiresAtMs < before) this.accessTokens.delete(text);
    for (const [text, code] of this.codes) if (code.expiresAtMs < before) this.codes.delete(text);
  }

  clear(): void {
    this.load({ codes: [], refreshTokens: [], accessTokens: [], consents: [], offline: [] });
  }

  save(): unknown {
    return {
      codes: [...this.codes],
      refreshTokens: [...this.refreshTokens],
      accessTokens: [...this.accessTokens],
      consents: [...this.#consents].map(([key, scopes]) => [key, [...scopes]]),
      offline: [...this.#offline],
    };
  }

  load(state: unknown): void {
    const saved = structuredClone(state) as {
      codes: [string, Code][];
      refreshTokens: [string, RefreshToken][];
      accessTokens: [string, AccessToken][];
      consents: [string, string[]][];
      offline: string[];
    };
    refill(this.codes, saved.codes);
    refill(this.refreshTokens, saved.refreshTokens);
    refill(this.accessTokens, saved.accessTokens);
    this.#consents.clear();
    for (const [key, scopes] of saved.consents) this.#consents.set(key, new Set(scopes));
    this.#offline.clear();
    for (const key of saved.offline) this.#offline.add(key);
  }
}

function refill<V>(map: Map<string, V>, entries: readonly (readonly [string, V])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
