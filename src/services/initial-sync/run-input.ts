import { z } from 'zod';
import { mailProviderKeys } from './mail-provider-key.ts';

/** What is fixed when a historical sync starts, kept in its run's `input`. */
export const runInputSchema = z.object({
  provider: z.enum(mailProviderKeys),
  /** The vendor's id of the account at the start; another one behind the connection is refused. */
  accountSubject: z.string().nullable(),
  backfillDays: z.number().int().positive(),
  /** Oldest received time that is read, inclusive. */
  windowFrom: z.iso.datetime(),
  /** When the override that this run used would have expired; null without one. */
  overrideExpiresAt: z.iso.datetime().nullable(),
});

export type RunInput = z.infer<typeof runInputSchema>;

/**
 * The start of the window: so many days before the start, cut to the second because providers
 * compare whole seconds.
 */
export function windowStart(startedAt: Date, backfillDays: number): Date {
  const seconds = Math.floor(startedAt.getTime() / 1000) - backfillDays * 86_400;
  return new Date(seconds * 1000);
}
