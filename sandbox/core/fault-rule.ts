import { z } from 'zod';

export const poisonKinds = [
  'missing-id',
  'null-id',
  'bad-date',
  'null-date',
  'nul-subject',
  'lone-surrogate',
  'wrong-types',
  'null-item',
  'page-error',
] as const;
export type PoisonKind = (typeof poisonKinds)[number];

const regularExpression = z.string().refine(
  (text) => {
    try {
      return Boolean(new RegExp(text));
    } catch {
      return false;
    }
  },
  { error: 'is not a regular expression' },
);

const match = z.strictObject({
  vendor: z.string().optional(),
  method: z.string().toUpperCase().optional(),
  /** Regular expression on the decoded path, e.g. "/messages$". */
  path: regularExpression.optional(),
  /** Regular expression on the decoded query text, without "?". */
  query: regularExpression.optional(),
  /** Address of the account whose token (or code) the request carries. */
  user: z.string().toLowerCase().optional(),
});

const action = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('status'),
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).optional(),
    /** A text is sent as it is, anything else as JSON. */
    body: z.unknown().optional(),
  }),
  z.strictObject({
    type: z.literal('throttle'),
    status: z.union([z.literal(429), z.literal(503)]).default(429),
    retryAfter: z.enum(['seconds', 'date', 'none']).default('seconds'),
    seconds: z.int().min(0).default(1),
  }),
  z.strictObject({ type: z.literal('reset') }),
  z.strictObject({
    type: z.literal('truncate'),
    /** Bytes of the body that still arrive; half of it when absent. */
    bytes: z.int().min(0).optional(),
    /** true: Content-Length promises the whole body. false: the JSON just ends early. */
    declareFullLength: z.boolean().default(true),
  }),
  z.strictObject({ type: z.literal('html'), status: z.int().min(200).max(599).default(200) }),
  z.strictObject({ type: z.literal('null') }),
  z.strictObject({ type: z.literal('lose-response') }),
  z.strictObject({ type: z.literal('delay'), ms: z.int().min(0) }),
  z.strictObject({ type: z.literal('empty-page') }),
  z.strictObject({ type: z.literal('repeat-items'), count: z.int().min(1).default(1) }),
  z.strictObject({ type: z.literal('cyclic-next-link') }),
  z.strictObject({
    type: z.literal('foreign-next-link'),
    origin: z.string().default('https://graph.example.test'),
  }),
  z.strictObject({
    type: z.literal('poison'),
    kind: z.enum(poisonKinds),
    index: z.int().min(0).default(0),
  }),
]);

/** One scripted fault. Rules are tried in order; the first that matches is used. */
export const faultRuleSchema = z.strictObject({
  id: z.string().min(1).optional(),
  match: match.default({}),
  /** Matching requests that pass untouched before the rule begins. */
  after: z.int().min(0).default(0),
  /** Requests the rule hits before it is spent; absent: without end. */
  times: z.int().min(1).optional(),
  /** Chance that a matching request is hit, from the sandbox's seeded generator. */
  probability: z.number().min(0).max(1).optional(),
  action,
});

export type FaultRuleInput = z.input<typeof faultRuleSchema>;
export type FaultRule = z.output<typeof faultRuleSchema>;
export type FaultAction = FaultRule['action'];
