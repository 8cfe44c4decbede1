import type { MemberContext } from './context.ts';
import { keysetPage } from './keyset.ts';
import { requireUuid } from './node-id.ts';
import type { PageArgs } from './page.ts';
import { inOrganization, ofCaller } from './row-filter.ts';

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
export function messagePage(context: MemberContext, args: MessageArgs, query: object) {
  const { prisma, member } = context;
  const { connectionId, provider, folder, direction, from, to, mine } = args.filter ?? {};
  const connection = connectionId && requireUuid('Connection', connectionId, 'connection');
  return keysetPage(
    context,
    {
      name: 'messages',
      table: 'messages',
      key: 'received_at',
      keyType: 'timestamptz',
      filters: [
        inOrganization(member),
        ofCaller(member, mine),
        ['connection_id = ?::uuid', connection || undefined],
        [
          'connection_id in (select c.id from connections c where c.provider_key = ?)',
          provider ?? undefined,
        ],
        ['folder = ?', folder ?? undefined],
        ['direction = ?', direction ?? undefined],
        ['received_at >= ?::timestamptz', from ?? undefined],
        ['received_at < ?::timestamptz', to ?? undefined],
      ],
    },
    args,
    (ids) => prisma.message.findMany({ ...query, where: { id: { in: ids } } }),
  );
}
