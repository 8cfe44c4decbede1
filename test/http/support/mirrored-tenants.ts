import { randomUUID } from 'node:crypto';
import type { Api } from './api.ts';

/** A word that stands in every text of a tenant and nowhere else. */
export type Canary = `canary${string}`;

export interface MirroredTenant {
  readonly canary: Canary;
  readonly organizationId: string;
  /** Ids of the tenant's rows by GraphQL type. */
  readonly ids: Readonly<Record<string, string>>;
}

/** Fills both demo organisations with the same rows, each with its own canary in every text. */
export async function mirrorTenants(api: Api) {
  const { acme, globex } = api.tenants;
  return {
    acme: await fill(api, acme.id, acme.members.ana.id),
    globex: await fill(api, globex.id, globex.members.gus.id),
  };
}

async function fill(api: Api, organizationId: string, userId: string): Promise<MirroredTenant> {
  const canary: Canary = `canary${randomUUID().replaceAll('-', '')}`;
  await api.rows('update organization set name = $2, description = $2 where id = $1', [
    organizationId,
    canary,
  ]);
  await api.rows('update auth.users_extended set full_name = $2 where org_id = $1', [
    organizationId,
    canary,
  ]);
  const [ids = {}] = await api.rows<Record<string, string>>(
    `with g as (insert into provider_grants (org_id, user_id, vendor, subject, email, status_reason)
                values ($1, $2, 'microsoft', $3, $3, $3) returning id),
          c as (insert into connections (tenant_id, org_id, provider_key, grant_id, account_email, account_subject, status_reason, sync_lock_reason, can_manual_sync)
                select $2, $1, 'outlook', g.id, $3, $3, $3, $3, false from g returning id),
          d as (insert into mail_folders (org_id, connection_id, user_id, provider_folder_id, name, watermark)
                select $1, c.id, $2, $3, $3, $3 from c),
          m as (insert into messages (org_id, connection_id, user_id, provider_message_id, internet_message_id, thread_id, folder, labels,
                  direction, from_address, from_name, to_recipients, subject, snippet, body_text, body_html, attachments, received_at)
                select $1, c.id, $2, $3 || n, $3, $3, $3, array[$3], 'inbound', $3, $3,
                       jsonb_build_array(jsonb_build_object('address', $3::text, 'name', $3::text)), $3, $3, $3, $3,
                       jsonb_build_array(jsonb_build_object('id', $3::text, 'name', $3::text, 'contentType', $3::text, 'sizeBytes', 5, 'isInline', false, 'kind', 'file')),
                       now() - n * interval '1 hour'
                  from c, generate_series(1, 12) n returning id),
          r as (insert into sync_job_queue (org_id, user_id, kind, target_id, entity_type, source_system, phase, status, error_message, error_code, waiting_reason)
                select $1, $2, 'initial_mail', c.id, 'message', 'outlook', $3, 'failed', $3, $3, $3 from c returning id),
          p as (insert into sync_progress (org_id, sync_id, entity_type, source_system, total_items)
                select $1, r.id::text, 'message', $3, 10 from r),
          a as (insert into sync_activity_log (org_id, sync_id, action, message, details, user_id)
                select $1, r.id::text, 'progress', $3, jsonb_build_object('text', $3::text), $2 from r),
          e as (insert into sync_error_log (org_id, sync_id, user_id, code, message) select $1, r.id::text, $2, $3, $3 from r),
          f as (insert into sync_failed_item (org_id, run_id, user_id, item_key, code, message)
                select $1, r.id, $2, $3, 'ITEM_INVALID', $3 from r returning id),
          n as (insert into notifications (org_id, user_id, kind, title, body, data)
                values ($1, $2, 'test', $3, $3, jsonb_build_object('text', $3::text)) returning id),
          l as (insert into admin_audit_log (org_id, actor_id, action, target_type, target_id, details)
                values ($1, $2, $3, $3, $3, jsonb_build_object('text', $3::text)))
     select c.id as "Connection", r.id as "SyncRun", f.id as "FailedItem", n.id as "Notification",
            (select id from m limit 1) as "Message" from c, r, f, n`,
    [organizationId, userId, canary],
  );
  return { canary, organizationId, ids: { ...ids, Organization: organizationId, Member: userId } };
}

/** Everything a tenant owns, as one text per table, to be compared byte by byte. */
export async function ownedRows(api: Api, organizationId: string): Promise<Record<string, string>> {
  const tables = await api.rows<{ name: string }>(
    `select distinct quote_ident(table_schema) || '.' || quote_ident(table_name) as name
       from information_schema.columns
      where column_name = 'org_id' and table_schema in ('public', 'auth') order by 1`,
  );
  const owned: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await api.rows<{ text: string }>(
      `select coalesce(string_agg(t::text, e'\\n' order by t::text), '') as text from ${name} t where org_id = $1`,
      [organizationId],
    );
    owned[name] = row?.text ?? '';
  }
  return owned;
}
