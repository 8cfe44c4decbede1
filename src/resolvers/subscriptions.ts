import type { MemberContext } from './context.ts';
import { notFound, uuidOf } from './node-id.ts';

type LiveContext = Pick<MemberContext, 'member' | 'requestId' | 'services'>;

const longestText = 200;

/** Progress of one run, by global id, uuid or free text; of all that the member may see without one. */
export function followProgress(context: LiveContext, syncRunId: string | null | undefined) {
  return context.services.live.progress(context, syncRunId == null ? null : syncIdOf(syncRunId));
}

/** The log of one run, or of all that the member may see. @param after the entry to go on from; null: the latest ones first */
export function followActivity(
  context: LiveContext,
  syncRunId: string | null | undefined,
  after: string | null | undefined,
) {
  const place = after == null ? null : uuidOf('SyncActivity', after);
  if (after != null && place === null) throw notFound('entry in this log');
  const syncId = syncRunId == null ? null : syncIdOf(syncRunId);
  return context.services.live.activity(context, syncId, place);
}

/** The member's own notifications. */
export function followNotifications(context: LiveContext) {
  return context.services.live.notifications(context);
}

/** What `sync_progress.sync_id` holds for an id as callers may write it. */
function syncIdOf(text: string): string {
  const uuid = uuidOf('SyncRun', text);
  if (uuid !== null) return uuid;
  // PostgreSQL has no text with NUL, so there can be no such run.
  if (text.length > longestText || text.includes('\0')) throw notFound('sync run');
  return text;
}
