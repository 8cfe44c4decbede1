import type { SyncAction, SyncStatusType } from '../database/generated/company/enums.ts';
import type { ActivityRow } from '../events/topics.ts';
import type { MemberContext } from './context.ts';
import { uuidOf } from './node-id.ts';
import { type PageArgs, readPage } from './page.ts';
import { organizationFilter } from './row-filter.ts';

/** A row of `sync_activity_log`, as SQL reads it or as the live feed tells it. */
export type ActivityShape = Omit<ActivityRow, 'action' | 'status'> & {
  readonly action: SyncAction;
  readonly status: SyncStatusType | null;
};

interface ActivityArgs extends PageArgs {
  readonly syncRunId?: string | null | undefined;
}

/**
 * What happened, the newest first; of one run or of all that the caller may see. By SQL, because the
 * key of the partitioned table holds microseconds, which a JavaScript date cannot carry as a cursor.
 */
export function activityPage({ prisma, member }: MemberContext, args: ActivityArgs) {
  const { orgId = null } = organizationFilter(member);
  const syncId = args.syncRunId ? (uuidOf('SyncRun', args.syncRunId) ?? args.syncRunId) : null;
  return readPage(
    'syncActivity',
    args,
    ({ take, cursor }) => {
      const after = cursor?.id ?? null;
      return prisma.$queryRaw<ActivityShape[]>`
        select id, org_id as "orgId", sync_id as "syncId", entity_type::text as "entityType",
               action::text as action, status::text as status, message, details,
               user_id as "userId", created_at as "createdAt"
          from sync_activity_log
         where (${orgId}::uuid is null or org_id = ${orgId}::uuid)
           and (${syncId}::text is null or sync_id = ${syncId}::text)
           and (${after}::uuid is null or (created_at, id) <=
                 (select a.created_at, a.id from sync_activity_log a where a.id = ${after}::uuid))
         order by created_at desc, id desc
         limit ${take}`;
    },
    async (id) => (await prisma.syncActivity.count({ where: { id } })) > 0,
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
