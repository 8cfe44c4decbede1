import { argv } from 'node:process';
import type { CompanyDatabase } from '../../../../src/database/company.ts';
import type { MasterDatabase } from '../../../../src/database/master.ts';
import type { Sql } from '../../../../src/database/sql.ts';
import { startInitialSync } from '../../../../src/services/initial-sync/start.ts';
import { openBoth } from './start-fixture.ts';

/**
 * A child process: starts a sync over the real databases and kills itself around the database call
 * that it was told to die at, as a machine would.
 */
const order: {
  at: string;
  masterUrl: string;
  companyUrl: string;
  userId: string;
  organizationId: string;
} = JSON.parse(argv[2] ?? '{}');

function die(moment: string): void {
  if (moment === order.at) process.kill(process.pid, 'SIGKILL');
}

/** The protocol's step that a statement belongs to. */
const steps: readonly (readonly [RegExp, string])[] = [
  [/insert into initial_sync_claim/, 'open-claim'],
  [/set can_manual_sync_override = null, override_claim_id/, 'claim-override'],
  [/update connections/, 'begin'],
  [/set override_claim_id = null/, 'settle-override'],
  [/set settled_at = now\(\)/, 'settle-claim'],
];

const stepOf = (text: string): string | null =>
  steps.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/** Dies before the transaction's first statement of the step, inside it, or after its commit. */
function dying(database: CompanyDatabase): CompanyDatabase {
  return {
    ...database,
    async transaction(scope, work) {
      let step: string | null = null;
      const result = await database.transaction(scope, (tx) => {
        const watched: Sql = {
          async query(text, values) {
            step ??= stepOf(text);
            die(`before ${stepOf(text)}`);
            const rows = await tx.query(text, values);
            die(`inside ${stepOf(text)}`);
            return rows as never;
          },
        };
        return work(watched);
      });
      die(`after ${step}`);
      return result;
    },
  };
}

const both = openBoth(order);
const company = dying(both.company);
const master: MasterDatabase = {
  ...both.master,
  async query(text, values) {
    die(`before ${stepOf(text)}`);
    const rows = await both.master.query(text, values);
    die(`after ${stepOf(text)}`);
    return rows as never;
  },
};
await startInitialSync(
  { ...both.dependencies, master, companies: { ...both.companies, of: async () => company } },
  {
    member: { userId: order.userId, organizationId: order.organizationId },
    provider: 'outlook',
  },
);
await both.close();
