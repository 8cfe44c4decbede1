import { LockstepError } from '../../errors.ts';
import { type Vendor, vendors } from '../../providers/contract.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ConsentOutcome } from '../../providers/sign-in.ts';
import type { AccountsParts } from './accounts-parts.ts';
import type { SealedConsent } from './connect.ts';
import { ConnectRefused, consentError, exchangeFailure } from './connect-failure.ts';
import { isConnectedElsewhere } from './connected-elsewhere.ts';
import { consentCookieName, secretHash, stateOrganization } from './consent-secrets.ts';
import { missingScopes, purposeRules } from './purpose.ts';
import { returnAddress } from './return-path.ts';
import { saveAccount } from './save-account.ts';
import { type AuthorizationRow, takeAuthorization } from './take-authorization.ts';

export interface FinishConnectInput {
  readonly vendor: Vendor;
  readonly query: URLSearchParams;
  readonly cookie: (name: string) => string | undefined;
}

/** The last part of the callback's path. */
export const callbackVendors: readonly Vendor[] = vendors;

/** `invalid`: nothing is known about the caller, answer 400. `returned`: back to the web client. */
export type FinishConnectResult =
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'returned'; readonly location: string; readonly cookieName: string };

/** Entra's codes are below 3,000 characters, Google's below 300. */
const longestCode = 4_096;

/** The vendor sent the browser back: ends the consent that `connectProvider` began. */
export async function finishConnect(
  parts: AccountsParts,
  { vendor, query, cookie }: FinishConnectInput,
): Promise<FinishConnectResult> {
  for (const name of ['state', 'code', 'iss', 'error']) {
    if (query.getAll(name).length > 1) return invalid(`${name} is given twice`);
  }
  const state = query.get('state') ?? '';
  const organizationId = stateOrganization(state);
  if (!organizationId) return invalid('the state is missing or not one of ours');
  const code = query.get('code');
  if (code !== null && code.length > longestCode) return invalid('the code is too long');
  const browser = cookie(consentCookieName(state));
  if (!browser) return invalid('the browser is not the one that asked');

  const database = await parts.databases.of(organizationId).catch((error) => {
    if (error instanceof LockstepError && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  const authorization =
    database &&
    (await takeAuthorization(database, organizationId, {
      stateHash: secretHash(state),
      browserHash: secretHash(browser),
      vendor,
      now: parts.clock(),
    }));
  if (!authorization) return invalid('the state is unknown, used, expired or foreign');
  const consent = openConsent(parts, authorization);
  try {
    const issuer = query.get('iss');
    const { signIn } = requireVendor(parts, vendor);
    if (issuer !== null && !(await signIn.isOwnIssuer(issuer))) {
      return invalid('the answer comes from another issuer');
    }
    const error = query.get('error');
    if (error !== null) throw new ConnectRefused(consentError(error));
    if (!code) return invalid('there is no code');
    const outcome = await signIn.redeem(code, { ...consent, state, scopes: authorization.scopes });
    await store(parts, authorization, outcome);
    return returned(state, consent, { connected: authorization.purpose });
  } catch (error) {
    const failure =
      error instanceof ConnectRefused
        ? error.failure
        : error instanceof ProviderError
          ? exchangeFailure(error)
          : null;
    if (!failure) throw error;
    parts.log.warn({ err: error, vendor, organizationId, failure }, 'A consent was not used');
    const { purpose } = authorization;
    return returned(state, consent, {
      connect_error: failure,
      provider: purpose,
      ...detail(query),
    });
  }
}

async function store(
  parts: AccountsParts,
  authorization: AuthorizationRow,
  outcome: ConsentOutcome,
): Promise<void> {
  const { databases, vault, clock, log } = parts;
  const { org_id: organizationId, vendor, purpose } = authorization;
  const granted = outcome.tokens.scopes ?? authorization.scopes;
  if (missingScopes(purposeRules[purpose].needed, granted).length > 0) {
    throw new ConnectRefused('partial_consent');
  }
  if (
    await isConnectedElsewhere(
      databases,
      { vendor, subject: outcome.account.subject },
      organizationId,
    )
  ) {
    throw new ConnectRefused('already_connected_elsewhere');
  }
  const database = await databases.of(organizationId);
  const ids = await database.transaction({ role: 'service_role', organizationId: 'all' }, (tx) =>
    saveAccount(tx, vault, authorization, outcome, clock()),
  );
  log.info({ organizationId, vendor, purpose, ...ids }, 'An account was connected');
}

function openConsent({ vault }: AccountsParts, row: AuthorizationRow): SealedConsent {
  const place = {
    table: 'oauth_authorizations',
    rowId: row.id,
    column: 'sealed',
    organizationId: row.org_id,
  };
  return JSON.parse(vault.open(row.sealed, place));
}

function requireVendor({ vendors }: AccountsParts, vendor: Vendor) {
  const parts = vendors[vendor];
  if (parts) return parts;
  throw new LockstepError('CONFIGURATION', `The sign-in of ${vendor} is no longer configured.`);
}

/** The vendor's own words, for the web client to show as text. */
function detail(query: URLSearchParams): Record<string, string> {
  const text = query
    .get('error_description')
    ?.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, 200);
  return text ? { connect_detail: text } : {};
}

function invalid(why: string): FinishConnectResult {
  return { kind: 'invalid', why };
}

function returned(
  state: string,
  { returnPath }: SealedConsent,
  outcome: Readonly<Record<string, string>>,
): FinishConnectResult {
  return {
    kind: 'returned',
    location: returnAddress(returnPath, outcome),
    cookieName: consentCookieName(state),
  };
}
