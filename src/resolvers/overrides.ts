import type { Override as CompanyOverride } from '../services/overrides/override.ts';
import type { MemberContext } from './context.ts';
import { notFound, uuidOf } from './node-id.ts';
import { ConflictError, shownAs } from './shown-errors.ts';

export type Override = CompanyOverride;

/** Overrides of all companies. */
export function overrideList(
  { services }: MemberContext,
  active: boolean | null | undefined,
): Promise<Override[]> {
  return services.overrides.list({ active: active ?? undefined });
}

interface GrantInput {
  readonly companyId: string;
  readonly reason: string;
  readonly expiresAt?: Date | null | undefined;
}

/** Grants a company one more historical sync, in the caller's name. */
export function grant(
  { services, member }: MemberContext,
  { companyId, reason, expiresAt }: GrantInput,
): Promise<Override> {
  const company = companyUuid(companyId);
  return shownAs(
    ConflictError,
    ['CONFLICT'],
    services.overrides.grant({ companyId: company, reason, expiresAt, by: member.email }),
  );
}

/** Takes an unused override back, in the caller's name. */
export async function revoke(
  { services, member }: MemberContext,
  { companyId }: { readonly companyId: string },
): Promise<Override> {
  const company = companyUuid(companyId);
  const { override } = await shownAs(
    ConflictError,
    ['CONFLICT'],
    services.overrides.revoke({ companyId: company, by: member.email }),
  );
  if (!override) throw notFound('override');
  return override;
}

/** An organisation has its company's id, and admins meet the organisation's node id more often. */
function companyUuid(text: string): string {
  const id = uuidOf('Company', text) ?? uuidOf('Organization', text);
  if (id === null) throw notFound('company');
  return id;
}
