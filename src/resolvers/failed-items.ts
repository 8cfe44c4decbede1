import type { MemberContext } from './context.ts';
import { keysetPage } from './keyset.ts';
import { requireUuid } from './node-id.ts';
import type { PageArgs } from './page.ts';
import { inOrganization } from './row-filter.ts';

interface FailedItemArgs extends PageArgs {
  readonly syncRunId?: string | null | undefined;
}

/** Items that runs set aside, the last seen first. */
export function failedItemPage(context: MemberContext, args: FailedItemArgs, query: object) {
  const { prisma, member } = context;
  const run = args.syncRunId ? requireUuid('SyncRun', args.syncRunId, 'run') : undefined;
  return keysetPage(
    context,
    {
      name: 'failedItems',
      table: 'sync_failed_item',
      key: 'last_seen_at',
      keyType: 'timestamptz',
      filters: [inOrganization(member), ['run_id = ?::uuid', run]],
    },
    args,
    (ids) => prisma.syncFailedItem.findMany({ ...query, where: { id: { in: ids } } }),
  );
}
