import { z } from 'zod';

const throttleSchema = z.strictObject({
  /** Requests per window and mailbox. */
  requests: z.int().min(1),
  windowSeconds: z.int().min(1),
  /** Requests of one mailbox served at a time; more get 429 MailboxConcurrency. */
  concurrency: z.int().min(1),
  retryAfterSeconds: z.int().min(0),
});
export type Throttle = z.output<typeof throttleSchema>;

/** The documented limits of Outlook: 10,000 requests in 10 minutes and 4 at a time per app and mailbox. */
export const realThrottle: Throttle = {
  requests: 10_000,
  windowSeconds: 600,
  concurrency: 4,
  retryAfterSeconds: 10,
};

export const microsoftSettingsSchema = z.strictObject({
  /** Upper bound of items in any page, whatever the client asks for; null: none. */
  pageSize: z.int().min(1).nullable(),
  /** Limits per mailbox; off (null) by default; "real" takes the documented ones. */
  throttle: z.union([throttleSchema, z.literal('real').transform(() => realThrottle)]).nullable(),
  /** Life of an access token in seconds; null: random between 60 and 90 minutes. */
  accessTokenSeconds: z.int().min(1).nullable(),
  refreshTokenDays: z.int().min(1),
  codeSeconds: z.int().min(1),
  /** What a refresh token is worth after it was used once. */
  refreshReuse: z.enum(['allow', 'reject', 'revoke-family']),
  /** "url": scopes of Graph come back as https://graph.microsoft.com/Mail.Read. */
  scopeStyle: z.enum(['short', 'url']),
  /** Origin in the issuer of id_tokens and metadata: the sandbox's own, or login.microsoftonline.com. */
  issuerOrigin: z.enum(['own', 'real']),
  /** How a dead delta token is answered. */
  deltaGone: z.enum(['SyncStateNotFound', 'syncStateNotFound', 'resyncRequired', 'location']),
  /** Links of message lists carry $skip, as today, or an opaque $skiptoken. */
  listPaging: z.enum(['skip', 'skiptoken']),
  /** Order of items in a delta page. */
  deltaOrder: z.enum(['received', 'shuffled']),
  /** Most messages that a filtered delta gives. */
  deltaFilterCap: z.int().min(1),
  /** Parts of a batch beyond this number get 429, as a mailbox's concurrency limit does; null: none. */
  batchConcurrency: z.int().min(1).nullable(),
});
export type MicrosoftSettings = z.output<typeof microsoftSettingsSchema>;

export const microsoftDefaults: MicrosoftSettings = {
  pageSize: null,
  throttle: null,
  accessTokenSeconds: null,
  refreshTokenDays: 90,
  codeSeconds: 600,
  refreshReuse: 'allow',
  scopeStyle: 'short',
  issuerOrigin: 'own',
  deltaGone: 'SyncStateNotFound',
  listPaging: 'skip',
  deltaOrder: 'received',
  deltaFilterCap: 5000,
  batchConcurrency: null,
};
