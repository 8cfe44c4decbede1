import type { Vendor } from './contract.ts';

/** What a consent was asked for; kept sealed until the answer comes. */
export interface ConsentRequest {
  /** The address the vendor sends the browser back to, exactly as registered. */
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly nonce: string;
  /** PKCE: only its SHA-256 travels with the browser. */
  readonly verifier: string;
  /** Address of the account that is expected; spares the member the choice. */
  readonly loginHint?: string | undefined;
  /** No usable refresh token is stored: Google sends one again only when consent is asked for anew. */
  readonly needsRefreshToken?: boolean | undefined;
}

export interface Tokens {
  readonly accessToken: string;
  /** Null when the vendor sent none: keep the one there is. */
  readonly refreshToken: string | null;
  readonly expiresAt: Date;
  /** As granted, in short names; null when the answer names none (then as asked, RFC 6749 5.1). */
  readonly scopes: readonly string[] | null;
}

/** The account behind a token answer, from its verified id token. */
export interface SignedInAccount {
  /** Unique within the vendor and never reused; never an address. */
  readonly subject: string;
  readonly tenant: string | null;
  readonly email: string | null;
}

export interface ConsentOutcome {
  readonly tokens: Tokens;
  readonly account: SignedInAccount;
}

/** A vendor's OAuth endpoints. Every call may throw `ProviderError`; none is repeated by itself. */
export interface SignIn {
  readonly vendor: Vendor;
  authorizationUrl(request: ConsentRequest): Promise<URL>;
  /** Whether an `iss` parameter of a callback belongs to this vendor (RFC 9207, mix-up). */
  isOwnIssuer(issuer: string): Promise<boolean>;
  /** Redeems the code once and checks the id token (issuer, audience, nonce, expiry). */
  redeem(code: string, request: ConsentRequest): Promise<ConsentOutcome>;
  /**
   * @throws ProviderError `NEEDS_REAUTH` only if the vendor says that the grant is over
   */
  refresh(refreshToken: string, scopes: readonly string[]): Promise<RefreshOutcome>;
  /**
   * Ends the whole grant behind a token at the vendor. Absent where the vendor has no endpoint for it
   * (Microsoft: the member withdraws the consent at myapps.microsoft.com).
   */
  revoke?(token: string): Promise<void>;
}

export interface RefreshOutcome {
  readonly tokens: Tokens;
  /** Null when the answer carried no id token. */
  readonly account: SignedInAccount | null;
}
