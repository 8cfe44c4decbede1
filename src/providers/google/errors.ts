import { type FailureCode, ProviderError } from '../errors.ts';
import type { Answer } from '../exchange.ts';
import { isObject } from '../json-object.ts';
import { parseStrictJson } from '../strict-json.ts';
import { googleRetrySeconds } from './retry-time.ts';

/** What Google said, as far as it matters to us. Texts are for people and change: never branch on them. */
export interface GoogleFault {
  readonly status: number;
  /** `errors[].reason`, the gRPC status, `details[].reason`, or OAuth's `error` and its subtype. */
  readonly reasons: readonly string[];
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

const throttled = [
  'ratelimitexceeded',
  'userratelimitexceeded',
  'rate_limit_exceeded',
  'quotaexceeded',
  'resource_exhausted',
  'dailylimitexceeded',
];

const scopeMissing = [
  'insufficientpermissions',
  'insufficient_scope',
  'access_token_scope_insufficient',
];

/** Dead tokens of the calendar and drive lists; Gmail's history says 404 instead. */
const deadCursor = ['fullsyncrequired', 'updatedmintoolongago'];

/** OAuth refusals that only the member can cure by signing in again; `invalid_rapt` among them. */
const grantIsOver = ['invalid_grant', 'interaction_required', 'consent_required', 'login_required'];

/** The operator's mistake or an outage of the sign-in: says nothing about the member's grant. */
const signInFailed = [
  'invalid_client',
  'unauthorized_client',
  'invalid_scope',
  'invalid_request',
  'unsupported_grant_type',
  'deleted_client',
  'org_internal',
  'temporarily_unavailable',
  'server_error',
];

function has(fault: GoogleFault, list: readonly string[]): boolean {
  return fault.reasons.some((reason) => list.includes(reason.toLowerCase()));
}

/** The one place where a Google failure becomes one of our few codes. */
export function googleFailure(fault: GoogleFault): FailureCode {
  const { status } = fault;
  // 403 means both "too fast" and "never": only the reason tells.
  if (status === 429 || has(fault, throttled)) return 'RATE_LIMITED';
  if (status === 504 || status === 408) return 'PROVIDER_TIMEOUT';
  if (status >= 500) return 'PROVIDER_UNAVAILABLE';
  if (status === 410 || has(fault, deadCursor)) return 'CURSOR_EXPIRED';
  if (has(fault, grantIsOver)) return 'NEEDS_REAUTH';
  if (has(fault, signInFailed)) return 'PROVIDER_UNAVAILABLE';
  if (status === 401 || isScopeMissing(fault)) return 'NEEDS_REAUTH';
  if (status === 403 || isPreconditionFailed(fault)) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 409 || status === 412) return 'CONFLICT';
  return 'PROVIDER_PROTOCOL';
}

/** The member unticked what the work needs, or an administrator took it away. */
export function isScopeMissing(fault: GoogleFault): boolean {
  return fault.status === 403 && has(fault, scopeMissing);
}

/** "Precondition check failed": mail is not enabled for the account, or a moment's hitch. */
export function isPreconditionFailed(fault: GoogleFault): boolean {
  return fault.status === 400 && has(fault, ['failedprecondition', 'failed_precondition']);
}

/** No call helps before the day is over. */
export function isDailyLimit(fault: GoogleFault): boolean {
  return has(fault, ['dailylimitexceeded']);
}

/** The failure as an error; names status and reasons, never the vendor's text. */
export function googleError(service: 'Google' | 'Gmail', fault: GoogleFault): ProviderError {
  const reasons = fault.reasons.filter((reason) => /^[\w.-]{1,60}$/.test(reason)).slice(0, 2);
  return new ProviderError(
    googleFailure(fault),
    `${[service, 'answered', fault.status, ...reasons].join(' ')}.`,
    {
      status: fault.status,
      ...(fault.retryAfterSeconds === undefined
        ? {}
        : { retryAfterSeconds: fault.retryAfterSeconds }),
      ...(fault.cause === undefined ? {} : { cause: fault.cause }),
    },
  );
}

/** What an answer with an error status says; its body may be anything. */
export function readFault({ status, headers, text }: Answer, now: Date): GoogleFault {
  let body: unknown = null;
  try {
    body = parseStrictJson(text);
  } catch {
    // An HTML page of a proxy: the status alone speaks.
  }
  const error = isObject(body) ? body['error'] : null;
  const message = isObject(error) && typeof error['message'] === 'string' ? error['message'] : null;
  const challenge = /\berror="?([\w-]+)/.exec(headers.get('www-authenticate') ?? '')?.[1];
  return {
    status,
    reasons: [...reasonsOf(error, body), ...(challenge === undefined ? [] : [challenge])],
    retryAfterSeconds: googleRetrySeconds(headers.get('retry-after'), message, now) ?? undefined,
  };
}

function reasonsOf(error: unknown, body: unknown): string[] {
  if (typeof error === 'string') {
    const subtype = isObject(body) ? body['error_subtype'] : null;
    return [error, ...(typeof subtype === 'string' ? [subtype] : [])];
  }
  if (!isObject(error)) return [];
  const listed = [error['errors'], error['details']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject).map(({ reason }) => reason) : [],
  );
  return [...listed, error['status']].filter((one) => typeof one === 'string');
}
