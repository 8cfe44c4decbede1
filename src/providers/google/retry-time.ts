import { retryAfterSeconds } from '../../lib/retry-after.ts';

/**
 * Seconds that Google asks to wait: the `Retry-After` header, or else the time in the text ("User-rate
 * limit exceeded.  Retry after 2026-01-05T18:18:23.688Z"), the one place where Gmail says it. Null
 * when neither says anything.
 */
export function googleRetrySeconds(
  header: string | null | undefined,
  text: string | null | undefined,
  now: Date,
): number | null {
  const told = retryAfterSeconds(header, now);
  if (told !== null) return told;
  const [, at] = /\bretry after (\d{4}-\d{2}-\d{2}T[\d:.]+Z)/i.exec(text ?? '') ?? [];
  return at === undefined ? null : retryAfterSeconds(at, now);
}
