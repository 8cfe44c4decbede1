import { z } from 'zod';

/** Units per call, by Gmail's method names. "new" is for projects begun after 2026-05-01 (third-party reading). */
export const unitTables = {
  new: {
    'users.getProfile': 1,
    'users.labels.list': 1,
    'users.labels.get': 1,
    'users.messages.list': 5,
    'users.messages.get': 20,
    'users.messages.attachments.get': 20,
    'users.threads.list': 10,
    'users.threads.get': 40,
    'users.history.list': 2,
    'users.watch': 100,
    'users.stop': 50,
  },
  old: {
    'users.getProfile': 1,
    'users.labels.list': 1,
    'users.labels.get': 1,
    'users.messages.list': 5,
    'users.messages.get': 5,
    'users.messages.attachments.get': 5,
    'users.threads.list': 10,
    'users.threads.get': 10,
    'users.history.list': 2,
    'users.watch': 100,
    'users.stop': 50,
  },
} as const satisfies Record<string, Record<string, number>>;

const quotaSchema = z.strictObject({
  /** Units per minute of one user in one project; null: no limit. */
  perUser: z.int().min(1).nullable().default(6000),
  /** Units per minute of a project. */
  perProject: z.int().min(1).nullable().default(1_200_000),
  /** Units per call: a known table, or one of your own (method to units; unnamed methods cost 1). */
  units: z.union([z.enum(['new', 'old']), z.record(z.string(), z.int().min(0))]).default('new'),
  /** "sliding": any 60 seconds. "fixed": minutes of the clock. */
  window: z.enum(['sliding', 'fixed']).default('sliding'),
  /** How excess is answered: 403 usageLimits, 429 without a time, or 429 with the time in its text only. */
  answer: z.enum(['403', '429', '429-time']).default('403'),
});
export type Quota = z.output<typeof quotaSchema>;

const quotaPresets = {
  real: quotaSchema.parse({}),
  'real-old': quotaSchema.parse({ perUser: 15_000, units: 'old' }),
} as const;

export const googleSettingsSchema = z.strictObject({
  /** Upper bound of items in any page, whatever the client asks for; null: none. */
  pageSize: z.int().min(1).nullable(),
  /** Units per minute; off (null) by default; "real" takes those of new projects, "real-old" of older ones. */
  quota: z
    .union([quotaSchema, z.enum(['real', 'real-old']).transform((name) => quotaPresets[name])])
    .nullable(),
  /** Requests of one user served at a time; more get 429 "Too many concurrent requests for user". */
  concurrency: z.int().min(1).nullable(),
  /** Parts of a batch beyond this number get that 429; null: none. */
  batchConcurrency: z.int().min(1).nullable(),
  /** Line ends of a batch answer. */
  batchNewlines: z.enum(['crlf', 'lf']),
  accessTokenSeconds: z.int().min(1),
  codeSeconds: z.int().min(1),
  /** A refresh token dies when it was not used for so long. */
  refreshIdleDays: z.int().min(1),
  /** Live refresh tokens of one account and client; the oldest beyond this dies silently. */
  refreshTokenLimit: z.int().min(1),
  /** "testing": refresh tokens die after seven days. */
  publishing: z.enum(['production', 'testing']),
  /** What an older refresh token gives after a wider consent: what it was issued with, or all that is granted. */
  refreshScopes: z.enum(['issued', 'granted']),
  /** A fault the consent page shows to everybody, instead of asking; null: none. */
  consentFault: z
    .enum(['org_internal', 'admin_policy_enforced', 'disallowed_useragent', 'deleted_client'])
    .nullable(),
  /** Issuer of id_tokens and metadata: the sandbox's own origin, https://accounts.google.com, or that without scheme. */
  issuer: z.enum(['own', 'real', 'bare']),
  /** "offset": arrivals shift the pages of a list. "position": a page goes on after the last item. */
  listPaging: z.enum(['offset', 'position']),
  /** Whether `after:` with seconds finds a message of that very second. */
  afterBound: z.enum(['inclusive', 'exclusive']),
  /** Text bodies in format full: converted to UTF-8, or the sender's bytes. */
  bodyCharset: z.enum(['utf-8', 'original']),
  /** Header values in full and metadata: RFC 2047 words decoded, or as sent. */
  headerWords: z.enum(['decoded', 'original']),
  /** Days that history is kept. */
  historyDays: z.number().positive(),
  /** Copies of each push: 0 drops, 2 duplicates. */
  pushCopies: z.int().min(0).max(10),
  /** "hold": pushes wait until they are released over the control interface. */
  pushDelivery: z.enum(['now', 'hold']),
  /** At most one push per second and user, as Gmail does; the rest is dropped. */
  pushRateLimit: z.boolean(),
  /** Deliveries of one push that are tried until one is acknowledged. */
  pushAttempts: z.int().min(1),
  pushRetryMs: z.int().min(0),
});
export type GoogleSettings = z.output<typeof googleSettingsSchema>;

export const googleDefaults: GoogleSettings = {
  pageSize: null,
  quota: null,
  concurrency: null,
  batchConcurrency: null,
  batchNewlines: 'crlf',
  accessTokenSeconds: 3599,
  codeSeconds: 600,
  refreshIdleDays: 183,
  refreshTokenLimit: 100,
  publishing: 'production',
  refreshScopes: 'issued',
  consentFault: null,
  issuer: 'own',
  listPaging: 'offset',
  afterBound: 'inclusive',
  bodyCharset: 'utf-8',
  headerWords: 'decoded',
  historyDays: 7,
  pushCopies: 1,
  pushDelivery: 'now',
  pushRateLimit: true,
  pushAttempts: 5,
  pushRetryMs: 500,
};
