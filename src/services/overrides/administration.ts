import type { MasterDatabase } from '../../database/master.ts';
import type { Clock } from '../../lib/clock.ts';
import { findCompany } from './find-company.ts';
import { type GrantOverrideInput, grantOverride } from './grant-override.ts';
import { listOverrides } from './list-overrides.ts';
import type { Override } from './override.ts';
import {
  type RevokedOverride,
  type RevokeOverrideInput,
  revokeOverride,
} from './revoke-override.ts';

/** What administrators of the installation do with overrides, in one object for the entry points. */
export interface OverrideAdministration {
  grant(input: GrantOverrideInput): Promise<Override>;
  revoke(input: RevokeOverrideInput): Promise<RevokedOverride>;
  /** @param filter.company id or slug */
  list(filter?: {
    readonly company?: string | undefined;
    readonly active?: boolean | undefined;
  }): Promise<Override[]>;
}

/** Binds the operations to the master database. Who may call them is the caller's check. */
export function overrideAdministration(
  master: MasterDatabase,
  clock: Clock,
): OverrideAdministration {
  return {
    grant: (input) => grantOverride(master, input, clock()),
    revoke: (input) => revokeOverride(master, input),
    list: async ({ company, active } = {}) => {
      const companyId = company === undefined ? undefined : (await findCompany(master, company)).id;
      return listOverrides(master, { companyId, active });
    },
  };
}
