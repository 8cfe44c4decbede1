import type { ProviderError } from '../../providers/errors.ts';

/** Why a consent did not become a connection; told to the web client as `connect_error`. */
export const connectFailures = [
  'declined',
  'partial_consent',
  'different_account',
  'already_connected_elsewhere',
  'no_refresh_token',
  'not_a_member',
  'provider_unavailable',
  'provider_refused',
  'provider_protocol',
] as const;
export type ConnectFailure = (typeof connectFailures)[number];

/** Thrown inside the callback's transaction, so that nothing of it stays. */
export class ConnectRefused extends Error {
  readonly failure: ConnectFailure;

  constructor(failure: ConnectFailure) {
    super(`The consent was not used: ${failure}`);
    this.name = 'ConnectRefused';
    this.failure = failure;
  }
}

/** The `error` parameter of a callback (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6). */
export function consentError(error: string): ConnectFailure {
  switch (error) {
    case 'access_denied':
    case 'consent_required':
    case 'interaction_required':
    case 'login_required':
      return 'declined';
    case 'server_error':
    case 'temporarily_unavailable':
      return 'provider_unavailable';
    default:
      return 'provider_refused';
  }
}

/** A failed code exchange. */
export function exchangeFailure(error: ProviderError): ConnectFailure {
  switch (error.failure) {
    case 'PROVIDER_UNAVAILABLE':
    case 'PROVIDER_TIMEOUT':
    case 'RATE_LIMITED':
      return 'provider_unavailable';
    case 'PROVIDER_PROTOCOL':
    case 'UNSAFE_URL':
      return 'provider_protocol';
    default:
      return 'provider_refused';
  }
}
