import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';

export type Logger = Pick<
  PinoLogger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'
>;

/** Never written, wherever they stand in a logged object. */
const secretKeys = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'code_verifier',
  'clientState',
  'accessToken',
  'refreshToken',
  'databaseUrl',
  'connectionString',
] as const;

/** Connection strings and bearer tokens also hide inside texts (a driver's message, a URL). */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+]*:\/\/[^\s:/@]+):[^\s@/]+@/gi, '$1:[redacted]@'],
  [/\bBearer\s+[\w.~+/=-]+/gi, 'Bearer [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [
    /([?&](?:code|state|token|access_token|refresh_token|validationToken)=)[^&\s"]+/gi,
    '$1[redacted]',
  ],
];

/** The text without connection passwords and tokens. */
export function redactText(text: string): string {
  return secretTexts.reduce((clean, [pattern, by]) => clean.replace(pattern, by), text);
}

/**
 * What a log line says of an error. Drivers hang whole clients on their errors, with buffers,
 * statements and passwords: only what is named here is written.
 */
function describeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { name, message, stack, cause } = thrown;
  const { code, status } = thrown as { code?: unknown; status?: unknown };
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    stack,
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Where lines go; stderr unless told, because stdout belongs to a command's answer. */
  readonly destination?: DestinationStream;
}

/** The program's one logger; parts take children of it with their own fields. */
export function createLog({ level, format, destination }: LogOptions): Logger {
  const stderr = pino.destination({ dest: 2, sync: true });
  const sink =
    destination ?? (format === 'pretty' ? pretty({ destination: 2, sync: true }) : stderr);
  return pino(
    {
      level,
      base: null,
      serializers: { err: describeError },
      redact: {
        paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: '[redacted]',
      },
      hooks: {
        streamWrite: redactText,
      },
    },
    sink,
  );
}
