import type pg from 'pg';
import type { DatabaseCheck } from './database-check.ts';
import { expectEqual, expectRefused } from './expectations.ts';

const company = '00000000-0000-4000-8000-0000000000c1';

async function addCompany(client: pg.ClientBase): Promise<void> {
  await client.query(
    `insert into companies (id, name, slug) values ($1, 'Check', 'migrate-test-check')`,
    [company],
  );
}

const grant = `
  insert into sync_permissions (company_id, can_manual_sync_override, override_reason) values ($1, true, 'check')
  on conflict (company_id) do update set can_manual_sync_override = true, override_reason = excluded.override_reason`;

async function events(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ event: string }>(
    'select event from sync_permission_audit where company_id = $1 order by sequence',
    [company],
  );
  return rows.map((row) => row.event);
}

/** What the control plane promises. */
export const masterChecks: readonly DatabaseCheck[] = [
  {
    name: 'an override is granted by plain SQL, used once and audited',
    run: async (client) => {
      await addCompany(client);
      await client.query(grant, [company]);
      await client.query(grant, [company]);
      const claim = `update sync_permissions set can_manual_sync_override = null, override_claim_id = gen_random_uuid(),
        override_claimed_at = now() where company_id = $1 and can_manual_sync_override`;
      expectEqual('first claim', (await client.query(claim, [company])).rowCount, 1);
      expectEqual('second claim', (await client.query(claim, [company])).rowCount, 0);
      expectEqual('audit', await events(client), ['granted', 'used']);
    },
  },
  {
    name: 'an override that is given back is audited as returned',
    run: async (client) => {
      await addCompany(client);
      await client.query(grant, [company]);
      await client.query(
        `update sync_permissions set can_manual_sync_override = null, override_claim_id = gen_random_uuid() where company_id = $1`,
        [company],
      );
      await client.query(
        `update sync_permissions set can_manual_sync_override = true, override_claim_id = null where company_id = $1`,
        [company],
      );
      await client.query(
        'update sync_permissions set can_manual_sync_override = false where company_id = $1',
        [company],
      );
      expectEqual('audit', await events(client), ['granted', 'used', 'returned', 'revoked']);
    },
  },
  {
    name: 'the audit cannot be changed or emptied',
    run: async (client) => {
      await addCompany(client);
      await client.query(grant, [company]);
      await expectRefused(
        client,
        'a change of the audit',
        `update sync_permission_audit set event = 'revoked'`,
      );
      await expectRefused(client, 'a deletion from the audit', 'delete from sync_permission_audit');
      await expectRefused(client, 'emptying the audit', 'truncate sync_permission_audit');
    },
  },
];
