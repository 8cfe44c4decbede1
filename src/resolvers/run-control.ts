import { controlRunAs, type RunAction, retryFailedItemAs } from '../services/access-runs.ts';
import type { MemberContext } from './context.ts';
import { notFound, requireUuid } from './node-id.ts';
import { SyncRefusedError, shownAs } from './shown-errors.ts';

const refusals = [
  'ILLEGAL_TRANSITION',
  'SYNC_ALREADY_RUNNING',
  'NOT_CONNECTED',
  'RECONNECT_REQUIRED',
] as const;

/** Pauses, resumes, cancels or retries a run that the caller may control, and reads it again. */
export async function controlRun(
  context: MemberContext,
  text: string,
  action: RunAction,
  query: object,
) {
  const { services, member } = context;
  const id = requireUuid('SyncRun', text, 'run');
  await shownAs(SyncRefusedError, refusals, controlRunAs(services, member, id, action));
  return readRun(context, id, query);
}

/** Starts a run for one item that was set aside, and reads that run. */
export async function retryItem(context: MemberContext, text: string, query: object) {
  const { services, member } = context;
  const id = requireUuid('FailedItem', text, 'failed item');
  const run = await shownAs(SyncRefusedError, refusals, retryFailedItemAs(services, member, id));
  return readRun(context, run.id, query);
}

async function readRun({ prisma }: MemberContext, id: string, query: object) {
  const run = await prisma.syncRun.findUnique({ ...query, where: { id } });
  if (!run) throw notFound('run');
  return run;
}
