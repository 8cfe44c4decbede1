import { controlRunAs, type RunAction } from '../services/access-runs.ts';
import type { MemberContext } from './context.ts';
import { notFound, requireUuid } from './node-id.ts';
import { SyncRefusedError, shownAs } from './shown-errors.ts';

/** Pauses, resumes, cancels or retries a run that the caller may control, and reads it again. */
export async function controlRun(
  { member, services, prisma }: MemberContext,
  text: string,
  action: RunAction,
  query: object,
) {
  const id = requireUuid('SyncRun', text, 'run');
  await shownAs(
    SyncRefusedError,
    ['ILLEGAL_TRANSITION', 'SYNC_ALREADY_RUNNING', 'NOT_CONNECTED', 'RECONNECT_REQUIRED'],
    controlRunAs(services, member, id, action),
  );
  const run = await prisma.syncRun.findUnique({ ...query, where: { id } });
  if (!run) throw notFound('run');
  return run;
}
