import { z } from 'zod';

/** A base64 text that decodes to exactly 32 bytes, as AES-256 needs. */
const key32 = z
  .string()
  .refine((text) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(text), 'the key is not base64')
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'the key must decode to 32 bytes');

const encryptionKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z.array(
      z
        .string()
        .regex(/^[\w.-]{1,32}:/, 'expected id:base64-32-bytes[,id:base64-32-bytes…]')
        .transform((part) => {
          const colon = part.indexOf(':');
          return { id: part.slice(0, colon), key: part.slice(colon + 1) };
        })
        .pipe(z.object({ id: z.string(), key: key32 })),
    ),
  )
  .refine(
    (keys) => new Set(keys.map((key) => key.id)).size === keys.length,
    'two keys have the same id',
  );

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' });
/** An origin, kept without its trailing slash so that paths can be appended. */
const origin = httpUrl.transform((text) => text.replace(/\/+$/, ''));
const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'expected postgresql://user:password@host:port/database',
});
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine(
      (number) => number >= least && number <= most,
      `expected a whole number from ${least} to ${most}`,
    );
const cron = z
  .string()
  .regex(
    /^(\S+\s+){4,5}\S+$/,
    'expected a cron expression of five fields (or six, seconds first), for example */15 * * * *',
  );
const flag = z
  .enum(['true', 'false', '1', '0', 'on', 'off'], 'expected on or off')
  .transform((text) => text === 'true' || text === '1' || text === 'on');

/** Every variable the program reads: its form, and whether leaving it out means a default. */
export const variables = z.object({
  NODE_ENV: z.string().optional(),
  PORT: whole(0, 65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: origin.optional(),
  ALLOWED_ORIGINS: z.string().optional(),
  DATA_DIR: z.string().default('.lockstep'),
  MASTER_DATABASE_URL: postgresUrl.optional(),
  COMPANY_DATABASE_URL: postgresUrl.optional(),
  COMPANY_ID: z.uuid('expected the uuid of a company').optional(),
  DATABASE_POOL_SIZE: whole(2, 200).default(10),
  TOKEN_ENCRYPTION_KEYS: encryptionKeys.optional(),
  AUTH_JWKS_URL: httpUrl.optional(),
  AUTH_JWT_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, 'the secret must have 32 bytes or more')
    .optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GOOGLE_AUTH_URL: origin.optional(),
  GOOGLE_TOKEN_URL: origin.optional(),
  GOOGLE_API_URL: origin.optional(),
  MICROSOFT_CLIENT_ID: z.string().optional(),
  MICROSOFT_CLIENT_SECRET: z.string().optional(),
  MICROSOFT_TENANT: z
    .string()
    .regex(/^[\w.-]+$/, 'expected common, organizations, consumers, a tenant id or a domain')
    .default('common'),
  MICROSOFT_LOGIN_URL: origin.optional(),
  MICROSOFT_GRAPH_URL: origin.optional(),
  SANDBOX_PORT: whole(0, 65_535).default(0),
  STORAGE_URL: z
    .url({ protocol: /^(file|s3)$/, error: 'expected file:///folder or s3://bucket/prefix' })
    .optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'expected smtp://host:port' }).optional(),
  MAIL_FROM: z.string().default('Lockstep <no-reply@lockstep.test>'),
  WEBHOOK_URL: origin.optional(),
  BACKFILL_DAYS: whole(1, 3_650).default(365),
  MAIL_SYNC_CRON: cron.default('*/15 * * * *'),
  CALENDAR_SYNC_CRON: cron.default('*/15 * * * *'),
  ONEDRIVE_SYNC_CRON: cron.default('0 * * * *'),
  USERS_STATUS_CRON: cron.default('0 9 * * *'),
  USERS_SYNC_CRON: cron.default('0 2 * * 0'),
  LEASE_SECONDS: whole(3, 600).default(30),
  HEARTBEAT_SECONDS: whole(1, 300).default(10),
  WORKER_CONCURRENCY: whole(1, 200).default(8),
  MAX_SOCKETS_PER_USER: whole(1, 100_000).default(10),
  RATE_LIMIT: z.union([z.literal('off'), whole(1, 1_000_000_000)]).default(60_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
  METRICS: flag.default(true),
});

export type Variables = z.output<typeof variables>;
