import type { CompanyDatabases } from '../../database/company-databases.ts';
import type { Sql } from '../../database/sql.ts';
import type { Clock } from '../../lib/clock.ts';
import { countMailbox } from '../mail/count-mailbox.ts';
import type { OpenMailbox } from '../mail/open-mailbox.ts';
import { type Estimate, estimate } from './estimate.ts';
import { type MailProviderKey, mailProviderNames } from './mail-provider-key.ts';
import { readConnection } from './read-connection.ts';
import { windowStart } from './run-input.ts';
import { NotConnectedError, ReconnectRequiredError } from './start-errors.ts';

export interface PreviewDependencies {
  readonly companies: CompanyDatabases;
  readonly openMailbox: OpenMailbox;
  readonly backfillDays: number;
  readonly clock: Clock;
}

export interface PreviewInput {
  readonly member: { readonly userId: string; readonly organizationId: string };
  readonly provider: MailProviderKey;
  readonly signal: AbortSignal;
}

/** What a historical sync would read now. Providers tell counts cheaply, sizes only message by message. */
export interface InitialSyncPreview {
  readonly id: string;
  readonly expiresAt: Date;
  readonly provider: MailProviderKey;
  readonly windowFrom: Date;
  /** Messages of the window. */
  readonly total: number;
  readonly folders: readonly { readonly name: string; readonly count: number }[];
  readonly estimate: Estimate;
}

/**
 * Counts what a historical sync of the member's mailbox would read and how long it would take, without
 * starting it or using its right. Kept for an hour.
 * @throws NotConnectedError, ReconnectRequiredError, ProviderError
 */
export async function previewInitialSync(
  { companies, openMailbox, backfillDays, clock }: PreviewDependencies,
  { member, provider, signal }: PreviewInput,
): Promise<InitialSyncPreview> {
  const { organizationId, userId } = member;
  const database = await companies.of(organizationId);
  const scope = { role: 'service_role', organizationId } as const;
  const connection = await database.transaction(scope, (tx) =>
    readConnection(tx, organizationId, userId, provider),
  );
  const name = mailProviderNames[provider];
  if (!connection || connection.status === 'disconnected') throw new NotConnectedError(name);
  if (connection.status === 'reconnect_required') {
    throw new ReconnectRequiredError(name, connection.statusReason);
  }
  const mailbox = await openMailbox({
    organizationId,
    connectionId: connection.id,
    signal,
    onWait: async () => undefined,
  });
  const windowFrom = windowStart(clock(), backfillDays);
  const counted = await countMailbox(mailbox, { from: windowFrom, to: null });
  const folders = counted
    .map(({ folder, count }) => ({ name: folder.path, count }))
    .toSorted((a, b) => b.count - a.count);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  return database.transaction(scope, async (tx) => {
    const measured = await measuredSpeed(tx, organizationId, provider);
    const found = { provider, total, folders, estimate: estimate(provider, total, measured) };
    const [kept] = await tx.query<{ id: string; expiresAt: Date }>(
      `insert into sync_preview_cache (org_id, sync_type, entity_type, preview_data, created_by)
       values ($1, 'initial_mail', 'message', $2::jsonb, $3)
       returning id, expires_at as "expiresAt"`,
      [organizationId, JSON.stringify({ ...found, windowFrom }), userId],
    );
    if (!kept) throw new Error('the preview was not kept');
    return { ...kept, ...found, windowFrom };
  });
}

/** Messages a minute of the organisation's last five whole syncs; small ones say nothing. */
async function measuredSpeed(
  tx: Sql,
  organizationId: string,
  provider: MailProviderKey,
): Promise<number | null> {
  const [speed] = await tx.query<{ perMinute: number | null }>(
    `select (sum(processed_count) / nullif(sum(elapsed_seconds), 0) * 60)::float8 as "perMinute"
       from (select processed_count, elapsed_seconds from sync_progress
              where org_id = $1 and source_system = $2 and entity_type = 'message'
                and status = 'completed' and processed_count >= 1000
              order by updated_at desc limit 5) as last`,
    [organizationId, provider],
  );
  return speed?.perMinute ?? null;
}
