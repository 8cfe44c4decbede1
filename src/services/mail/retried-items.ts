import { z } from 'zod';
import type { RetriedItems } from '../sync/retry-failed-item.ts';

const schema = z.object({ retryOf: z.uuid(), itemKeys: z.array(z.string()).min(1) });

/** What a run that only retries set-aside messages shall retry; null for any other run. */
export function retriedItems(input: unknown): RetriedItems | null {
  const isRetry = typeof input === 'object' && input !== null && 'retryOf' in input;
  return isRetry ? schema.parse(input) : null;
}
