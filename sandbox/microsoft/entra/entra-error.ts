import type { Clock } from '../../core/clock.ts';
import type { Random } from '../../core/random.ts';

/** `error` and HTTP status of the AADSTS codes the sandbox produces. Source: Entra's error code reference. */
const table = {
  50011: {
    error: 'invalid_request',
    status: 400,
    text: 'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
  },
  50020: {
    error: 'invalid_grant',
    status: 400,
    text: 'User account from identity provider does not exist in tenant and cannot access the application in that tenant.',
  },
  50034: {
    error: 'invalid_grant',
    status: 400,
    text: 'The user account does not exist in the directory.',
  },
  50058: {
    error: 'login_required',
    status: 400,
    text: 'A silent sign-in request was sent but no user is signed in.',
  },
  50173: {
    error: 'invalid_grant',
    status: 400,
    text: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  },
  54005: {
    error: 'invalid_grant',
    status: 400,
    text: 'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  },
  65001: {
    error: 'invalid_grant',
    status: 400,
    suberror: 'consent_required',
    text: 'The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.',
  },
  65004: {
    error: 'access_denied',
    status: 400,
    text: 'User declined to consent to access the app.',
  },
  70000: {
    error: 'invalid_grant',
    status: 400,
    text: 'The provided value for the input parameter is not valid: the grant is malformed or was not issued to this application.',
  },
  70003: {
    error: 'unsupported_grant_type',
    status: 400,
    text: 'The app requested an unsupported grant type.',
  },
  70008: {
    error: 'invalid_grant',
    status: 400,
    text: 'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  },
  70011: {
    error: 'invalid_scope',
    status: 400,
    text: 'The provided request must include a "scope" input parameter with valid values.',
  },
  70043: {
    error: 'invalid_grant',
    status: 400,
    suberror: 'bad_token',
    text: 'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.',
  },
  700016: {
    error: 'unauthorized_client',
    status: 400,
    text: 'Application with this identifier was not found in the directory.',
  },
  700082: {
    error: 'invalid_grant',
    status: 400,
    text: 'The refresh token has expired due to inactivity.',
  },
  700084: {
    error: 'invalid_grant',
    status: 400,
    text: 'The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page.',
  },
  90002: {
    error: 'invalid_request',
    status: 400,
    text: 'Tenant not found. Check to make sure you have the correct tenant ID.',
  },
  501481: {
    error: 'invalid_grant',
    status: 400,
    text: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  500112: {
    error: 'invalid_client',
    status: 401,
    text: 'The reply address does not match the reply address provided when requesting Authorization code.',
  },
  900144: {
    error: 'invalid_request',
    status: 400,
    text: 'The request body must contain a parameter that is missing.',
  },
  7000215: {
    error: 'invalid_client',
    status: 401,
    text: 'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app.',
  },
  7000218: {
    error: 'invalid_client',
    status: 401,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  7000222: {
    error: 'invalid_client',
    status: 401,
    text: 'The provided client secret keys are expired.',
  },
} as const satisfies Record<
  number,
  { error: string; status: number; suberror?: string; text: string }
>;

export type EntraCode = keyof typeof table;

/** All codes, for the control interface. */
export const entraCodes = Object.keys(table).map(Number) as EntraCode[];

/** A refusal by the identity provider. */
export class EntraError extends Error {
  readonly code: EntraCode;
  /** `error` of the answer, where it differs from the code's usual one. */
  readonly as: string | undefined;

  constructor(code: EntraCode, detail?: string, as?: string) {
    super(detail === undefined ? table[code].text : `${table[code].text} ${detail}`);
    this.name = 'EntraError';
    this.code = code;
    this.as = as;
  }

  get error(): string {
    return this.as ?? table[this.code].error;
  }

  get status(): 400 | 401 {
    return table[this.code].status;
  }
}

/** The flat JSON body of a refused token request. */
export function entraErrorBody(
  error: EntraError,
  clock: Clock,
  random: Random,
  correlation?: string,
): Record<string, unknown> {
  const traceId = random.guid();
  const correlationId = correlation ?? random.guid();
  const timestamp = `${new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const entry = table[error.code];
  return {
    error: error.error,
    error_description: `AADSTS${error.code}: ${error.message}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
    ...('suberror' in entry ? { suberror: entry.suberror } : {}),
  };
}
