import type { MemberContext } from './context.ts';
import { requireUuid } from './node-id.ts';
import { type PageArgs, readPage } from './page.ts';
import { organizationFilter } from './row-filter.ts';

interface FailedItemArgs extends PageArgs {
  readonly syncRunId?: string | null | undefined;
}

/** Items that runs set aside, the last seen first. */
export function failedItemPage(
  { prisma, member }: MemberContext,
  args: FailedItemArgs,
  query: object,
) {
  const { syncRunId } = args;
  return readPage(
    'failedItems',
    args,
    (window) =>
      prisma.syncFailedItem.findMany({
        ...query,
        ...window,
        where: {
          ...organizationFilter(member),
          ...(syncRunId && { runId: requireUuid('SyncRun', syncRunId, 'run') }),
        },
        orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }],
      }),
    async (id) => (await prisma.syncFailedItem.count({ where: { id } })) > 0,
  );
}
