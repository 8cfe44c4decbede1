import type { MemberContext } from './context.ts';
import { requireUuid } from './node-id.ts';
import { type PageArgs, readPage } from './page.ts';
import { ownerFilter } from './row-filter.ts';

interface MessageArgs extends PageArgs {
  readonly filter?:
    | {
        readonly connectionId?: string | null | undefined;
        readonly provider?: 'outlook' | 'gmail' | null | undefined;
        readonly folder?: string | null | undefined;
        readonly direction?: 'inbound' | 'outbound' | null | undefined;
        readonly from?: Date | null | undefined;
        readonly to?: Date | null | undefined;
        readonly mine?: boolean | null | undefined;
      }
    | null
    | undefined;
}

/** Stored messages that the caller may see, the last received first. */
export function messagePage({ prisma, member }: MemberContext, args: MessageArgs, query: object) {
  const { connectionId, provider, folder, direction, from, to, mine } = args.filter ?? {};
  const where = {
    ...ownerFilter(member),
    ...(mine && { userId: member.userId }),
    ...(connectionId && { connectionId: requireUuid('Connection', connectionId, 'connection') }),
    ...(provider && { connection: { providerKey: provider } }),
    ...(folder && { folder }),
    ...(direction && { direction }),
    ...((from || to) && { receivedAt: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
  };
  return readPage(
    'messages',
    args,
    (window) =>
      prisma.message.findMany({
        ...query,
        ...window,
        where,
        // The index's own order: an extra "nulls last" would sort the whole mailbox.
        orderBy: [{ receivedAt: 'desc' }, { id: 'asc' }],
      }),
    async (id) => (await prisma.message.count({ where: { id } })) > 0,
  );
}
