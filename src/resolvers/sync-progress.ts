import type { SyncStatusType } from '../database/generated/company/enums.ts';
import type { ProgressRow } from '../events/topics.ts';
import type { MemberContext } from './context.ts';
import { encodeNodeId, uuidOf } from './node-id.ts';

/** A row of `sync_progress`, as Prisma reads it or as the live feed tells it. */
export type ProgressShape = Omit<ProgressRow, 'status'> & { readonly status: SyncStatusType };

/** The global id of a run; another program's free text stays as it is. */
export function syncRunIdOf(syncId: string): string {
  return uuidOf('SyncRun', syncId) === syncId ? encodeNodeId('SyncRun', syncId) : syncId;
}

/** Share that is done, 0 to 100; null while the total is unknown. Nothing to do is all done. */
export function percentOf({ totalItems, processedCount }: ProgressShape): number | null {
  if (totalItems === null) return null;
  return totalItems === 0 ? 100 : (processedCount / totalItems) * 100;
}

/** The progress of each run, in the order of the ids; one query for all of them. */
export async function progressOfRuns(
  runIds: readonly string[],
  { prisma }: Pick<MemberContext, 'prisma'>,
): Promise<(ProgressShape | null)[]> {
  const rows = await prisma.syncProgress.findMany({ where: { syncId: { in: [...runIds] } } });
  const byRun = new Map(rows.map((row) => [row.syncId, row]));
  return runIds.map((id) => byRun.get(id) ?? null);
}
