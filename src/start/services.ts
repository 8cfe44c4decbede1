import type { Config } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import type { Vendors } from '../providers/registry.ts';
import type { Services } from '../resolvers/services.ts';
import { type Access, createAccess } from '../services/access.ts';
import { createAccounts } from '../services/accounts/accounts.ts';
import { initialMailBackfill } from '../services/initial-sync/backfill.ts';
import { createLive } from '../services/live.ts';
import type { OpenMailbox } from '../services/mail/open-mailbox.ts';
import { mailFollowUp } from '../services/mail-follow-up/follow-up.ts';
import { overrideAdministration } from '../services/overrides/administration.ts';
import { runHandlers } from '../services/sync/run-handler.ts';
import type { Foundation } from './foundation.ts';
import type { Shutdown } from './shutdown.ts';
import { tokenVerifier } from './token-verifier.ts';

export interface ServicesParts {
  readonly config: Config;
  readonly log: Logger;
  readonly foundation: Foundation;
  readonly vendors: Vendors;
  /** Known only once the server listens. */
  readonly publicUrl: () => string;
  readonly shutdown: Shutdown;
}

/** Constructs the business services of a process, and who may use them. */
export async function createServices(
  parts: ServicesParts,
): Promise<{ readonly services: Services; readonly access: Access }> {
  const { config, log, foundation, vendors, publicUrl, shutdown } = parts;
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
    runHandlers: () => handlers,
  });
  const openMailbox: OpenMailbox = (input) => accounts.openMail(input);
  const handlers = runHandlers([
    initialMailBackfill({ clock, openMailbox }),
    mailFollowUp({ clock, openMailbox }),
  ]);
  const access = createAccess({
    databases: companies,
    verifier: await tokenVerifier(config),
    companyId: config.databases.companyId,
  });
  const live = createLive({ databases: companies, access, log, clock });
  shutdown.add('the live feed', () => live.close());
  const services = {
    companies,
    master,
    accounts,
    live,
    initialSync: { companies, master, backfillDays: config.backfillDays, log },
    overrides: overrideAdministration(master, clock),
    runHandlers: handlers,
  };
  return { services, access };
}
