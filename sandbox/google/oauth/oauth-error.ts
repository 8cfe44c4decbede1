/** A refusal of the token endpoint: a flat body. Source: developers.google.com/identity/protocols/oauth2. */
export class OAuthError extends Error {
  readonly status: 400 | 401;
  readonly error: string;
  readonly subtype: string | null;

  constructor(error: string, description: string, status: 400 | 401 = 400, subtype?: string) {
    super(description);
    this.name = 'OAuthError';
    this.error = error;
    this.status = status;
    this.subtype = subtype ?? null;
  }

  body(): Record<string, string> {
    return {
      error: this.error,
      error_description: this.message,
      ...(this.subtype === null ? {} : { error_subtype: this.subtype }),
    };
  }
}

/** Faults that Google shows on a page of its own and never sends to the redirect address. */
export const pageFaults = {
  redirect_uri_mismatch: {
    status: 400,
    text: "You can't sign in to this app because it doesn't comply with Google's OAuth 2.0 policy.",
  },
  invalid_client: { status: 401, text: 'The OAuth client was not found.' },
  invalid_request: { status: 400, text: 'Required parameter is missing or not valid.' },
  invalid_scope: { status: 400, text: 'Some requested scopes were invalid.' },
  unsupported_response_type: { status: 400, text: 'Invalid response_type.' },
  deleted_client: { status: 401, text: 'The OAuth client was deleted.' },
  org_internal: {
    status: 403,
    text: 'This client is restricted to users within its organization.',
  },
  admin_policy_enforced: {
    status: 400,
    text: "Access to your account's data is restricted by policies within your organization.",
  },
  disallowed_useragent: {
    status: 403,
    text: "You can't sign in from this screen because this app doesn't comply with Google's secure browsers policy.",
  },
} as const;
export type PageFaultName = keyof typeof pageFaults;

/** One of those faults, with its detail. */
export class PageFault extends Error {
  readonly fault: PageFaultName;

  constructor(fault: PageFaultName, detail = '') {
    super(`${pageFaults[fault].text} ${detail}`.trim());
    this.name = 'PageFault';
    this.fault = fault;
  }
}
