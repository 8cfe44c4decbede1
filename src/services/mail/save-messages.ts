import type { Sql } from '../../database/sql.ts';
import type { MessageRow } from './message-row.ts';

/** Whose messages they are, and the run that brings them. */
export interface MessageOwner {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly runId: string;
}

export interface SavedMessages {
  readonly inserted: number;
  readonly updated: number;
}

/**
 * Writes a page of messages in one statement (10,878 rows/s against 2,699 one by one, and the least
 * CPU of all ways measured). The hash guard leaves unchanged rows alone: writing a page again writes
 * nothing, unless a message had been marked as deleted. Ids must not repeat within `rows`.
 */
export async function saveMessages(
  tx: Sql,
  owner: MessageOwner,
  rows: readonly MessageRow[],
): Promise<SavedMessages> {
  if (rows.length === 0) return { inserted: 0, updated: 0 };
  const [saved] = await tx.query<SavedMessages>(upsertMessages, [
    owner.organizationId,
    owner.connectionId,
    owner.userId,
    owner.runId,
    JSON.stringify(rows),
  ]);
  return saved ?? { inserted: 0, updated: 0 };
}

const columns = [
  'provider_message_id text',
  'internet_message_id text',
  'thread_id text',
  'folder text',
  'folder_id text',
  'labels text[]',
  'direction text',
  'from_address text',
  'from_name text',
  'to_recipients jsonb',
  'cc_recipients jsonb',
  'bcc_recipients jsonb',
  'subject text',
  'snippet text',
  'sent_at timestamptz',
  'received_at timestamptz',
  'body_text text',
  'body_html text',
  'is_read boolean',
  'has_attachments boolean',
  'attachments jsonb',
  'size_bytes bigint',
  'change_key text',
] as const;
const names = columns.map((column) => column.slice(0, column.indexOf(' ')));

const upsertMessages = `
  with saved as (
    insert into messages
      (org_id, connection_id, user_id, run_id, content_hash, ${names.join(', ')})
    select $1, $2, $3, $4, decode(content_hash, 'hex'), ${names.join(', ')}
      from json_to_recordset($5::json) as page (content_hash text, ${columns.join(', ')})
    on conflict (org_id, connection_id, provider_message_id) do update set
      run_id = excluded.run_id, content_hash = excluded.content_hash, updated_at = now(),
      deleted_at = null,
      ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
    where messages.content_hash is distinct from excluded.content_hash
       or messages.deleted_at is not null
    returning xmax = 0 as is_new)
  select count(*) filter (where is_new)::int as inserted,
         count(*) filter (where not is_new)::int as updated from saved`;
