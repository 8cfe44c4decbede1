import { randomUUID } from 'node:crypto';
import { openCompanyDatabase } from '../../../../src/database/company.ts';
import { createCompanyDatabases } from '../../../../src/database/company-databases.ts';
import { type MasterDatabase, openMasterDatabase } from '../../../../src/database/master.ts';
import type { Scope } from '../../../../src/database/scope.ts';
import { LockstepError } from '../../../../src/errors.ts';
import { createLog, type Logger } from '../../../../src/log.ts';
import type { MailProviderKey } from '../../../../src/services/initial-sync/mail-provider-key.ts';
import {
  reconcileClaims,
  reconcileHeldOverrides,
} from '../../../../src/services/initial-sync/reconcile-claims.ts';
import {
  type InitialSyncStarted,
  type StartDependencies,
  startInitialSync,
} from '../../../../src/services/initial-sync/start.ts';
import { createDatabases, type TestDatabases } from '../../../support/database.ts';
import { type SeededMember, seedTenants } from '../../../support/tenants.ts';

export const silentLog: Logger = createLog({ level: 'silent', format: 'json' });

/** Opens both databases as a process of the product does. */
export function openBoth(databases: Pick<TestDatabases, 'masterUrl' | 'companyUrl'>) {
  const open = (name: string, url: string) =>
    openCompanyDatabase({ name, url, poolSize: 12, log: silentLog });
  const master = openMasterDatabase({ url: databases.masterUrl, poolSize: 8, log: silentLog });
  const company = open('default', databases.companyUrl);
  const companies = createCompanyDatabases({
    master,
    defaultDatabase: company,
    open,
    unseal: (sealed) => sealed,
  });
  const dependencies: StartDependencies = { companies, master, backfillDays: 365, log: silentLog };
  return {
    master,
    company,
    companies,
    dependencies,
    close: async () => {
      await companies.close();
      await master.close();
    },
  };
}

/** What came of a start: the run, or the code it was refused with. */
export async function outcome(start: Promise<InitialSyncStarted>): Promise<string> {
  try {
    return (await start).status;
  } catch (error) {
    if (error instanceof LockstepError) return error.code;
    throw error;
  }
}

export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of outcomes) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** Two migrated databases with the demo's organisations, and short cuts for starts and overrides. */
export async function createStartFixture() {
  const databases = await createDatabases();
  const { acme, globex } = await seedTenants(databases);
  const opened = openBoth(databases);
  const { master, company, companies, dependencies } = opened;
  const everywhere: Scope = { role: 'service_role', organizationId: 'all' };
  const rows = <R>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
    company.query<R>(everywhere, text, values);

  const connect = async (
    member: SeededMember,
    provider: MailProviderKey = 'outlook',
    organizationId = acme.id,
  ): Promise<string> => {
    const id = randomUUID();
    await rows(
      `insert into connections (id, tenant_id, org_id, provider_key, account_email, account_subject)
       values ($1, $2, $3, $4, $5, $6)`,
      [id, member.id, organizationId, provider, member.email, `subject of ${id}`],
    );
    return id;
  };
  const start = (
    member: SeededMember,
    provider: MailProviderKey = 'outlook',
    idempotencyKey?: string,
    parts: StartDependencies = dependencies,
  ): Promise<InitialSyncStarted> =>
    startInitialSync(parts, {
      member: { userId: member.id, organizationId: acme.id },
      provider,
      idempotencyKey,
    });

  return {
    ...opened,
    databases,
    acme,
    globex,
    rows,
    connect,
    start,
    /** A connection whose one sync was used and has ended. */
    connectUsed: async (member: SeededMember, provider: MailProviderKey = 'outlook') => {
      const id = await connect(member, provider);
      await start(member, provider);
      await rows(`update sync_job_queue set status = 'completed' where target_id = $1`, [id]);
      return id;
    },
    /** By plain SQL, as an operator does. */
    grant: (value: boolean | null = true) =>
      master.query(
        `insert into sync_permissions (company_id, can_manual_sync_override, override_reason)
         values ($1, $2, 'test')
         on conflict (company_id) do update set can_manual_sync_override = $2, override_reason = 'test'`,
        [acme.id, value],
      ),
    override: async () => {
      const [row] = await master.query<{ value: boolean | null; claim: string | null }>(
        `select can_manual_sync_override as value, override_claim_id as claim
           from sync_permissions where company_id = $1`,
        [acme.id],
      );
      return row ?? { value: null, claim: null };
    },
    /** Events of the audit, the oldest first. */
    audit: async (): Promise<string[]> => {
      const found = await master.query<{ event: string }>(
        'select event from sync_permission_audit where company_id = $1 order by sequence',
        [acme.id],
      );
      return found.map(({ event }) => event);
    },
    claims: () =>
      rows<{ state: string; settled: boolean; run_id: string | null }>(
        `select state, settled_at is not null as settled, run_id
           from initial_sync_claim where state <> 'denied' order by created_at`,
      ),
    runs: (connectionId: string) =>
      rows<{ id: string; status: string; uses_override: boolean }>(
        'select id, status, uses_override from sync_job_queue where target_id = $1 order by queued_at',
        [connectionId],
      ),
    /** Moves all claims so many seconds into the past, in both databases. */
    age: async (seconds: number) => {
      await rows(
        'update initial_sync_claim set created_at = created_at - make_interval(secs => $1)',
        [seconds],
      );
      await master.query(
        `update sync_permissions
            set override_claimed_at = override_claimed_at - make_interval(secs => $1)
          where override_claim_id is not null`,
        [seconds],
      );
    },
    reconcile: async (): Promise<number> => {
      const parts = { master, log: silentLog };
      return (
        (await reconcileClaims(parts, company)) + (await reconcileHeldOverrides(parts, companies))
      );
    },
    close: async () => {
      await opened.close();
      await databases.drop();
    },
  };
}

export type StartFixture = Awaited<ReturnType<typeof createStartFixture>>;

/** A master database that nobody can reach. */
export function unreachableMaster(): MasterDatabase {
  return openMasterDatabase({ url: 'postgres://nobody@127.0.0.1:9/none', log: silentLog });
}
