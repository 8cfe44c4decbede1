import type { CompanyDatabases } from '../../database/company-databases.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../log.ts';
import type { Vendors } from '../../providers/registry.ts';
import type { RunHandlers } from '../sync/run-handler.ts';
import type { Vault } from './vault.ts';

/** What the account services work with. */
export interface AccountsParts {
  readonly databases: CompanyDatabases;
  readonly vendors: Vendors;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  /** The address that browsers and vendors use; known only once the server listens. */
  readonly publicUrl: () => string;
  /**
   * What a disconnect tells when it cancels a run that reads the account; a function, because the
   * handlers are made from these services.
   */
  readonly runHandlers?: () => RunHandlers;
}
