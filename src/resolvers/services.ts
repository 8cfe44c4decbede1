import type { CompanyDatabases } from '../database/company-databases.ts';
import type { MasterDatabase } from '../database/master.ts';
import type { Accounts } from '../services/accounts/accounts.ts';
import type { StartDependencies } from '../services/initial-sync/start.ts';
import type { Live } from '../services/live.ts';
import type { OverrideAdministration } from '../services/overrides/administration.ts';
import type { RunHandlers } from '../services/sync/run-handler.ts';

/** What the composition root hands to the resolvers and to the REST twin. */
export interface Services {
  readonly companies: CompanyDatabases;
  readonly master: MasterDatabase;
  readonly accounts: Accounts;
  readonly initialSync: StartDependencies;
  readonly overrides: OverrideAdministration;
  readonly live: Live;
  readonly runHandlers: RunHandlers;
}
