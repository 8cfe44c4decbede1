import { errorText } from '../errors.ts';
import type { Logger } from '../log.ts';
import { defineJob, type Job } from '../queue/job.ts';
import { type CheckMailboxParts, checkMailbox } from '../services/mail-follow-up/check-mailbox.ts';

/**
 * Looks at one mailbox. Deduplicated by the connection; not retried and no dead letter: the schedule
 * brings the next look, and `last_sync_at` tells how long none succeeded.
 */
export function checkMailboxJob(
  parts: CheckMailboxParts & { readonly log: Logger },
): Job<'mail.check'> {
  return defineJob({
    name: 'mail.check',
    retryLimit: 0,
    retryDelaySeconds: 1,
    deadLetter: false,
    timeoutSeconds: 600,
    concurrency: 2,
    handle: async ({ organizationId, connectionId }, { signal }) => {
      try {
        await checkMailbox(parts, { organizationId, connectionId, signal });
      } catch (error) {
        if (signal.aborted) return;
        parts.log.warn(
          { connectionId, error: errorText(error) },
          'a mailbox could not be looked at',
        );
      }
    },
  });
}
