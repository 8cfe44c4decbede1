import type { SyncAction, SyncStatusType } from '../database/generated/company/enums.ts';
import type { ActivityRow } from '../events/topics.ts';
import type { MemberContext } from './context.ts';
import { keysetPage } from './keyset.ts';
import { uuidOf } from './node-id.ts';
import type { PageArgs } from './page.ts';
import { inOrganization } from './row-filter.ts';

/** A row of `sync_activity_log`, as SQL reads it or as the live feed tells it. */
export type ActivityShape = Omit<ActivityRow, 'action' | 'status'> & {
  readonly action: SyncAction;
  readonly status: SyncStatusType | null;
};

interface ActivityArgs extends PageArgs {
  readonly syncRunId?: string | null | undefined;
}

/** What happened, the newest first; of one run or of all that the caller may see. */
export function activityPage(context: MemberContext, args: ActivityArgs) {
  const { prisma, member } = context;
  const { syncRunId } = args;
  const syncId = syncRunId ? (uuidOf('SyncRun', syncRunId) ?? syncRunId) : undefined;
  return keysetPage(
    context,
    {
      name: 'syncActivity',
      table: 'sync_activity_log',
      key: 'created_at',
      keyType: 'timestamptz',
      filters: [inOrganization(member), ['sync_id = ?', syncId]],
    },
    args,
    (ids) => prisma.syncActivity.findMany({ where: { id: { in: ids } } }),
  );
}

/** The newest entries of each run, in the order of the ids; one query for all of them. */
export async function newestActivity(
  runIds: readonly string[],
  entries: number,
  { prisma }: Pick<MemberContext, 'prisma'>,
): Promise<ActivityShape[][]> {
  const rows = await prisma.$queryRaw<ActivityShape[]>`
    select a.id, a.org_id as "orgId", a.sync_id as "syncId", a.entity_type::text as "entityType",
           a.action::text as action, a.status::text as status, a.message, a.details,
           a.user_id as "userId", a.created_at as "createdAt"
      from unnest(${runIds}::text[]) as run(id)
      cross join lateral (
        select * from sync_activity_log l where l.sync_id = run.id
         order by l.created_at desc, l.id desc limit ${entries}) a`;
  return runIds.map((id) => rows.filter((row) => row.syncId === id));
}
