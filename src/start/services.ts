import type { Config } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Services } from '../resolvers/services.ts';
import { createAccounts } from '../services/accounts/accounts.ts';
import { initialMailBackfill } from '../services/initial-sync/backfill.ts';
import { overrideAdministration } from '../services/overrides/administration.ts';
import { runHandlers } from '../services/sync/run-handler.ts';
import type { Foundation } from './foundation.ts';

export interface ServicesParts {
  readonly config: Config;
  readonly log: Logger;
  readonly foundation: Foundation;
  readonly vendors: Vendors;
  /** Known only once the server listens. */
  readonly publicUrl: () => string;
}

/** Constructs the business services of a process. */
export function createServices(parts: ServicesParts): Services {
  const { config, log, foundation, vendors, publicUrl } = parts;
  const { master, companies, vault } = foundation;
  const clock = systemClock;
  const accounts = createAccounts({
    databases: companies,
    vendors,
    vault,
    clock,
    log,
    random: Math.random,
    publicUrl,
  });
  const backfill = initialMailBackfill({
    clock,
    openMailbox: (input) => accounts.openMail(input),
  });
  return {
    companies,
    master,
    accounts,
    initialSync: { companies, master, backfillDays: config.backfillDays, log },
    overrides: overrideAdministration(master, clock),
    runHandlers: runHandlers([backfill]),
  };
}
