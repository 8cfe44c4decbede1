import type { SyncStatusType, SyncType } from '../database/generated/company/enums.ts';
import type { MemberContext } from './context.ts';
import { keysetPage } from './keyset.ts';
import { uuidOf } from './node-id.ts';
import type { PageArgs } from './page.ts';
import { inOrganization } from './row-filter.ts';

/** The run with that id; null when it is unknown, foreign or malformed. */
export async function findRun({ prisma }: MemberContext, text: string, query: object) {
  const id = uuidOf('SyncRun', text);
  return id === null ? null : prisma.syncRun.findUnique({ ...query, where: { id } });
}

interface RunArgs extends PageArgs {
  readonly filter?:
    | {
        readonly status?: readonly SyncStatusType[] | null | undefined;
        readonly kind?: SyncType | null | undefined;
        readonly provider?: 'outlook' | 'gmail' | null | undefined;
        readonly mine?: boolean | null | undefined;
      }
    | null
    | undefined;
}

/** Runs that the caller may see, the newest first. */
export function runPage(context: MemberContext, args: RunArgs, query: object) {
  const { prisma, member } = context;
  const { status, kind, provider, mine } = args.filter ?? {};
  return keysetPage(
    context,
    {
      name: 'syncRuns',
      table: 'sync_job_queue',
      key: 'created_at',
      keyType: 'timestamptz',
      filters: [
        inOrganization(member),
        ['user_id = ?::uuid', mine ? member.userId : undefined],
        ['status = any (?::sync_status_type[])', status ?? undefined],
        ['kind = ?::sync_type', kind ?? undefined],
        ['source_system = ?', provider ?? undefined],
      ],
    },
    args,
    (ids) => prisma.syncRun.findMany({ ...query, where: { id: { in: ids } } }),
  );
}

const mailKinds: readonly SyncType[] = ['initial_mail', 'mail_follow_up'];

/** The mail account that a run reads; null for other kinds of run. */
export function runConnection(
  { prisma }: Pick<MemberContext, 'prisma'>,
  { kind, targetId }: { readonly kind: SyncType; readonly targetId: string },
  query: object,
) {
  if (!mailKinds.includes(kind)) return null;
  return prisma.connection.findUnique({ ...query, where: { id: targetId } });
}
