import type { Sql } from '../../database/sql.ts';
import { LockstepError } from '../../errors.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { RefreshOutcome } from '../../providers/sign-in.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { noteRefreshFailure } from './cool-down.ts';
import type { GrantRow } from './grant.ts';
import { openToken } from './grant.ts';
import { requireReconnect } from './require-reconnect.ts';
import { saveTokens } from './save-tokens.ts';

/** What became of a call to the token endpoint. */
type Answered =
  | { readonly ok: true; readonly outcome: RefreshOutcome }
  | { readonly ok: false; readonly error: ProviderError };

/** Committed, not thrown: what a failed refresh has to note must outlive the transaction. */
export type Refreshed =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly error: ProviderError };

/**
 * One refresh of one grant, which may be stored several times but asks the vendor once: a rotating
 * refresh token is gone after the first use, so a transaction that has to be repeated (deadlock, lost
 * connection) must find the answer it already got.
 */
export class GrantRefresh {
  readonly #parts: AccountsParts;
  #asked: { readonly sealed: string; readonly answered: Answered } | null = null;

  constructor(parts: AccountsParts) {
    this.#parts = parts;
  }

  /** Whether the vendor has handed out tokens that may not be stored yet. */
  get holdsTokens(): boolean {
    return this.#asked?.answered.ok === true;
  }

  /** The caller's transaction holds the grant's row lock. */
  async run(tx: Sql, grant: GrantRow): Promise<Refreshed> {
    const { vault, clock, random } = this.#parts;
    const answered = await this.#ask(grant);
    const now = clock();
    if (answered.ok) {
      await saveTokens(tx, vault, grant, answered.outcome.tokens, now);
      return { ok: true, token: answered.outcome.tokens.accessToken };
    }
    const { error } = answered;
    this.#parts.log.warn(
      { err: error, organizationId: grant.org_id, grantId: grant.id, failure: error.failure },
      'A token could not be refreshed',
    );
    if (error.failure === 'NEEDS_REAUTH') {
      await requireReconnect(tx, grant, error.message, now);
      return { ok: false, error };
    }
    const seconds = await noteRefreshFailure(tx, grant, {
      now,
      random: random(),
      retryAfterSeconds: error.details.retryAfterSeconds,
    });
    return { ok: false, error: withRetryAfter(error, seconds) };
  }

  async #ask(grant: GrantRow): Promise<Answered> {
    const sealed = grant.refresh_token_sealed ?? '';
    if (this.#asked?.sealed === sealed) return this.#asked.answered;
    const answered = await this.#call(grant);
    this.#asked = { sealed, answered };
    return answered;
  }

  async #call(grant: GrantRow): Promise<Answered> {
    const { vendors, vault } = this.#parts;
    const refreshToken = openToken(vault, grant, 'refresh_token_sealed');
    const vendor = vendors[grant.vendor];
    if (!vendor || refreshToken === null) {
      throw new LockstepError(
        'CONFIGURATION',
        `The sign-in of ${grant.vendor} is no longer configured.`,
      );
    }
    try {
      const outcome = await vendor.signIn.refresh(refreshToken, grant.scopes);
      if (outcome.account && outcome.account.subject !== grant.subject) {
        throw new ProviderError(
          'PROVIDER_PROTOCOL',
          'The refreshed token belongs to another account; it was not used.',
        );
      }
      return { ok: true, outcome };
    } catch (error) {
      if (error instanceof ProviderError) return { ok: false, error };
      throw error;
    }
  }
}

function withRetryAfter(error: ProviderError, retryAfterSeconds: number): ProviderError {
  // A transient failure whatever its kind: the caller's policy must retry, never end the work.
  const failure = error.failure === 'RATE_LIMITED' ? 'RATE_LIMITED' : 'PROVIDER_UNAVAILABLE';
  return new ProviderError(failure, `The sign-in service failed: ${error.message}`, {
    cause: error,
    retryAfterSeconds,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  });
}
