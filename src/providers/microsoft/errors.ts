import { type FailureCode, ProviderError } from '../errors.ts';

/** What Graph or Entra said, as far as it matters to us. Texts are localised: never branch on them. */
export interface MicrosoftFault {
  readonly status: number;
  /** `error.code` and the codes nested in `innerError`, or Entra's `error`; outermost first. */
  readonly codes: readonly string[];
  /** Entra's AADSTS numbers. */
  readonly numbers?: readonly number[];
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

const throttled = [
  'applicationthrottled',
  'toomanyrequests',
  'errortoomanyrequests',
  'activitylimitreached',
  'throttledrequest',
];

/** Dead or damaged delta tokens come as 410 or 400, in several spellings. */
const deadCursor = [
  'syncstatenotfound',
  'syncstateinvalid',
  'invaliddeltatoken',
  'resyncrequired',
  'resyncchangesapplydifferences',
  'resyncchangesuploaddifferences',
];

/** Permanent for the account, although they come as 404: it has no mailbox that REST may read. */
const noMailbox = ['mailboxnotenabledforrestapi', 'mailboxnotsupportedforrestapi'];

/**
 * Entra's refusals that only the member can cure by signing in again. Everything else (a wrong client
 * secret, an unknown scope, an outage) says nothing about the grant and must not end it.
 */
const grantIsOver = ['invalid_grant', 'interaction_required', 'consent_required', 'login_required'];

/** AADSTS70000 was seen transiently on personal accounts; it deserves one more try. */
export const unusableGrant = 70000;

/** The one place where a Microsoft failure becomes one of our few codes. */
export function microsoftFailure(fault: MicrosoftFault): FailureCode {
  const codes = fault.codes.map((code) => code.toLowerCase());
  const any = (list: readonly string[]) => codes.some((code) => list.includes(code));
  const { status } = fault;
  if (status === 429 || status === 509 || any(throttled)) return 'RATE_LIMITED';
  if (status === 504 || status === 408) return 'PROVIDER_TIMEOUT';
  if (status >= 500 && status !== 507) return 'PROVIDER_UNAVAILABLE';
  if (status === 410 || any(deadCursor)) return 'CURSOR_EXPIRED';
  if (any(grantIsOver)) return 'NEEDS_REAUTH';
  // Entra: the operator's mistake or an outage; the grant is untouched and works again afterwards.
  if (any(['invalid_client', 'unauthorized_client', 'invalid_scope', 'invalid_request']))
    return 'PROVIDER_UNAVAILABLE';
  if (any(['temporarily_unavailable', 'server_error'])) return 'PROVIDER_UNAVAILABLE';
  if (status === 401) return 'NEEDS_REAUTH';
  if (status === 403 || status === 507 || any(noMailbox)) return 'FORBIDDEN';
  if (status === 404 || any(['erroritemnotfound', 'errorinvalididmalformed'])) return 'NOT_FOUND';
  if (status === 409 || status === 412) return 'CONFLICT';
  return 'PROVIDER_PROTOCOL';
}

/** The failure as an error; names status, code and request id, never the vendor's text. */
export function microsoftError(service: 'Graph' | 'Entra', fault: MicrosoftFault): ProviderError {
  const numbers = fault.numbers?.map((number) => ` AADSTS${number}`).join('') ?? '';
  const code = fault.codes[0] ? ` ${fault.codes[0]}` : '';
  const requestId = fault.requestId ? ` (request-id ${fault.requestId})` : '';
  return new ProviderError(
    microsoftFailure(fault),
    `Microsoft ${service} answered ${fault.status}${code}${numbers}${requestId}.`,
    {
      status: fault.status,
      ...(fault.requestId === undefined ? {} : { requestId: fault.requestId }),
      ...(fault.retryAfterSeconds === undefined
        ? {}
        : { retryAfterSeconds: fault.retryAfterSeconds }),
      ...(fault.cause === undefined ? {} : { cause: fault.cause }),
    },
  );
}

/** The codes of a Graph error body, walking down `innerError` (older answers: `innererror`). */
export function graphCodes(error: unknown): string[] {
  const codes: string[] = [];
  let level: unknown = error;
  for (let depth = 0; depth < 10 && isRecord(level); depth += 1) {
    if (typeof level['code'] === 'string') codes.push(level['code']);
    level = level['innerError'] ?? level['innererror'];
  }
  return codes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
