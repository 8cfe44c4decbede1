import type { Logger } from '../../log.ts';

/** One thing that must work; resolves when it does. */
export type HealthCheck = () => Promise<void>;

export interface HealthReport {
  readonly status: 'ok' | 'failed';
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>;
}

/** A check that has not answered by then has failed, in milliseconds. */
const patience = 3_000;

/**
 * Runs all checks at once. The report says which failed and nothing more: everybody may read it;
 * the reason goes into the log.
 */
export async function checkHealth(
  checks: Readonly<Record<string, HealthCheck>>,
  log: Pick<Logger, 'warn'>,
): Promise<HealthReport> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await withPatience(check());
        return [name, 'ok'] as const;
      } catch (error) {
        log.warn({ err: error, check: name }, 'a health check failed');
        return [name, 'failed'] as const;
      }
    }),
  );
  const failed = results.some(([, state]) => state === 'failed');
  return { status: failed ? 'failed' : 'ok', checks: Object.fromEntries(results) };
}

async function withPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience} ms`)), patience);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
