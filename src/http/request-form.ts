import { LockstepError } from '../errors.ts';

/** Headers that a page of another origin cannot send without asking first; any one of them will do. */
const csrfHeaders = [
  'x-graphql-yoga-csrf',
  'graphql-require-preflight',
  'apollo-require-preflight',
  'x-requested-with',
] as const;

const jsonTypes = ['application/json', 'application/graphql+json'];
/** What an HTML form can send to another origin without asking. */
const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Why a request is refused before its body is read, with the HTTP status of the refusal. */
export interface FormRefusal {
  readonly status: 403 | 405 | 415;
  readonly error: LockstepError;
}

/**
 * Whether a GraphQL request has an accepted form. JSON posts need no CSRF header: a foreign page
 * cannot send that content type unasked. GET and form posts do.
 */
export function refusedForm(method: string, headers: Headers): FormRefusal | null {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  switch (method) {
    case 'GET':
    case 'HEAD':
      return guarded(headers) ? null : csrf('A GET request');
    case 'POST':
      if (jsonTypes.includes(type)) return null;
      if (!formTypes.includes(type)) return unsupported(`The content type "${cut(type)}"`);
      if (!guarded(headers)) return csrf('A form post');
      return type === 'multipart/form-data' ? unsupported('An upload') : null;
    default:
      return {
        status: 405,
        error: new LockstepError(
          'BAD_REQUEST',
          `The method ${cut(method)} is not possible here. Use POST, or GET for queries.`,
        ),
      };
  }
}

function guarded(headers: Headers): boolean {
  return csrfHeaders.some((name) => headers.has(name));
}

function csrf(what: string): FormRefusal {
  return {
    status: 403,
    error: new LockstepError(
      'FORBIDDEN',
      `${what} needs the header ${csrfHeaders[0]} (any value), so that no foreign page can send it. Or post JSON.`,
      { field: csrfHeaders[0] },
    ),
  };
}

function unsupported(what: string): FormRefusal {
  return {
    status: 415,
    error: new LockstepError(
      'BAD_REQUEST',
      `${what} is not accepted here. Post JSON with the content type application/json.`,
      { field: 'content-type' },
    ),
  };
}

function cut(text: string): string {
  return text.replace(/[^\w/+.-]/g, '').slice(0, 60);
}
