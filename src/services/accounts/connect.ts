import { randomUUID } from 'node:crypto';
import { LockstepError } from '../../errors.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { consentCookieName, newState, randomSecret, secretHash } from './consent-secrets.ts';
import { knownAccount } from './known-account.ts';
import { type Purpose, purposeRules } from './purpose.ts';
import { safeReturnPath } from './return-path.ts';

export interface ConnectProviderInput {
  readonly organizationId: string;
  readonly userId: string;
  readonly provider: Purpose;
  /** Page of the web client to come back to. */
  readonly returnPath?: string | undefined;
}

/** A cookie that the answer must set: the consent belongs to the browser that asked. */
export interface ConsentCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly httpOnly: true;
  /** Lax: the vendor's redirect is a top-level navigation from another site. */
  readonly sameSite: 'Lax';
  readonly secure: boolean;
  readonly maxAgeSeconds: number;
}

export interface Authorization {
  readonly authorizationUrl: string;
  readonly expiresAt: Date;
  readonly cookie: ConsentCookie;
}

const consentSeconds = 600;

/** What the callback needs and nobody may read at rest. */
export interface SealedConsent {
  readonly verifier: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly returnPath: string;
}

/** Starts a consent: one row for 10 minutes, one address for the browser. */
export async function connectProvider(
  parts: AccountsParts,
  { organizationId, userId, provider, returnPath }: ConnectProviderInput,
): Promise<Authorization> {
  const { databases, vendors, vault, clock } = parts;
  const rule = purposeRules[provider];
  const vendor = vendors[rule.vendor];
  if (!vendor) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      `${rule.title} cannot be connected here: its sign-in is not configured. Ask the operator of this installation.`,
      { field: 'provider' },
    );
  }
  const id = randomUUID();
  const state = newState(organizationId);
  const browser = randomSecret();
  const publicUrl = new URL(parts.publicUrl());
  const consent: SealedConsent = {
    verifier: randomSecret(),
    nonce: randomSecret(),
    redirectUri: new URL(`/oauth/callback/${rule.vendor}`, publicUrl).href,
    returnPath: safeReturnPath(returnPath),
  };
  const database = await databases.of(organizationId);
  const scope = { role: 'service_role', organizationId } as const;
  const known = await knownAccount(database, { organizationId, userId }, rule);
  const authorizationUrl = await vendor.signIn.authorizationUrl({
    ...consent,
    scopes: rule.scopes,
    state,
    loginHint: known?.email ?? undefined,
    needsRefreshToken: !known?.refreshable,
  });
  const expiresAt = new Date(clock().getTime() + consentSeconds * 1000);
  const place = { table: 'oauth_authorizations', rowId: id, column: 'sealed', organizationId };
  await database.transaction(scope, async (tx) => {
    await tx.query(
      'delete from oauth_authorizations where org_id = $1 and user_id = $2 and expires_at < $3',
      [organizationId, userId, clock()],
    );
    await tx.query(
      `insert into oauth_authorizations
         (id, org_id, user_id, vendor, purpose, scopes, state_hash, sealed, browser_hash, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        organizationId,
        userId,
        rule.vendor,
        provider,
        rule.scopes,
        secretHash(state),
        vault.seal(JSON.stringify(consent), place),
        secretHash(browser),
        expiresAt,
      ],
    );
  });
  return {
    authorizationUrl: authorizationUrl.href,
    expiresAt,
    cookie: {
      name: consentCookieName(state),
      value: browser,
      path: '/oauth/callback',
      httpOnly: true,
      sameSite: 'Lax',
      secure: publicUrl.protocol === 'https:',
      maxAgeSeconds: consentSeconds,
    },
  };
}
