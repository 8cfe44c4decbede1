import path from 'node:path';
import { brokenRules, type Fault } from './config/faults.ts';
import { misspelt } from './config/spelling.ts';
import { type Variables, variables } from './config/variables.ts';
import { LockstepError } from './errors.ts';

export interface VendorClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Who signs the bearer tokens of requests. */
export type AuthConfig =
  | { readonly kind: 'jwks'; readonly url: string }
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'embedded' };

export type Config = ReturnType<typeof arrange>;

/** Thrown with every fault of the environment at once; ends the start with exit code 2. */
export class ConfigurationError extends LockstepError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const lines = faults.map((fault) => `  ${fault.variable}: ${fault.problem}`);
    super('CONFIGURATION', `The environment has ${faults.length} fault(s):\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads the environment, the only place that does.
 * @throws ConfigurationError naming every faulty variable, never a value
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const known = Object.keys(variables.shape);
  const faults: Fault[] = misspelt(Object.keys(set), known).map(({ name, meant }) => ({
    variable: name,
    problem: `is not a variable of Lockstep; did you mean ${meant}?`,
  }));
  const parsed = variables.safeParse(set);
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues.map((issue) => ({
        variable: String(issue.path[0] ?? 'environment'),
        problem: issue.message,
      })),
    );
    throw new ConfigurationError(faults);
  }
  const production = parsed.data.NODE_ENV === 'production';
  faults.push(...brokenRules(parsed.data, production));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return Object.freeze(arrange(parsed.data, production));
}

function arrange(env: Variables, production: boolean) {
  return {
    production,
    http: {
      port: env.PORT,
      host: env.HOST,
      /** Null: the address the server listens on. */
      publicUrl: env.PUBLIC_URL ?? null,
      allowedOrigins: env.ALLOWED_ORIGINS?.split(',').map((part) => part.trim()) ?? [],
    },
    dataDir: path.resolve(env.DATA_DIR),
    databases: {
      /** Null: the embedded server. */
      urls:
        env.MASTER_DATABASE_URL && env.COMPANY_DATABASE_URL
          ? { master: env.MASTER_DATABASE_URL, company: env.COMPANY_DATABASE_URL }
          : null,
      companyId: env.COMPANY_ID ?? null,
      poolSize: env.DATABASE_POOL_SIZE,
    },
    /** Null: generated once under the data folder. */
    encryptionKeys: env.TOKEN_ENCRYPTION_KEYS ?? null,
    auth: {
      signer: signer(env),
      issuer: env.AUTH_ISSUER ?? 'lockstep',
      audience: env.AUTH_AUDIENCE ?? 'lockstep',
    },
    google: {
      client: client(env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET),
      authUrl: env.GOOGLE_AUTH_URL ?? null,
      tokenUrl: env.GOOGLE_TOKEN_URL ?? null,
      apiUrl: env.GOOGLE_API_URL ?? null,
    },
    microsoft: {
      client: client(env.MICROSOFT_CLIENT_ID, env.MICROSOFT_CLIENT_SECRET),
      tenant: env.MICROSOFT_TENANT,
      loginUrl: env.MICROSOFT_LOGIN_URL ?? null,
      graphUrl: env.MICROSOFT_GRAPH_URL ?? null,
    },
    sandboxPort: env.SANDBOX_PORT,
    /** Null: files under the data folder. */
    storageUrl: env.STORAGE_URL ?? null,
    mail: { smtpUrl: env.SMTP_URL ?? null, from: env.MAIL_FROM },
    webhookUrl: env.WEBHOOK_URL ?? null,
    backfillDays: env.BACKFILL_DAYS,
    schedules: {
      mailSync: env.MAIL_SYNC_CRON,
      calendarSync: env.CALENDAR_SYNC_CRON,
      oneDriveSync: env.ONEDRIVE_SYNC_CRON,
      usersStatus: env.USERS_STATUS_CRON,
      usersSync: env.USERS_SYNC_CRON,
    },
    workers: {
      leaseSeconds: env.LEASE_SECONDS,
      heartbeatSeconds: env.HEARTBEAT_SECONDS,
      concurrency: env.WORKER_CONCURRENCY,
    },
    limits: {
      socketsPerUser: env.MAX_SOCKETS_PER_USER,
      subscriptionsPerSocket: 100,
      rateLimit: env.RATE_LIMIT,
    },
    log: { level: env.LOG_LEVEL, format: env.LOG_FORMAT ?? null },
    metrics: env.METRICS,
  } as const;
}

function signer(env: Variables): AuthConfig {
  if (env.AUTH_JWKS_URL) return { kind: 'jwks', url: env.AUTH_JWKS_URL };
  if (env.AUTH_JWT_SECRET) return { kind: 'secret', secret: env.AUTH_JWT_SECRET };
  return { kind: 'embedded' };
}

function client(clientId: string | undefined, clientSecret: string | undefined) {
  return clientId && clientSecret ? ({ clientId, clientSecret } satisfies VendorClient) : null;
}
