/** A company's override as administrators see it. */
export interface Override {
  readonly id: string;
  readonly companyId: string;
  readonly companySlug: string;
  /** Granted, not expired, not used. */
  readonly active: boolean;
  readonly reason: string | null;
  readonly grantedBy: string | null;
  readonly grantedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** Columns of an `Override`, for statements over `sync_permissions p` joined with `companies c`. */
export const overrideColumns = `p.id, p.company_id as "companyId", c.slug as "companySlug",
  (p.can_manual_sync_override is true
    and (p.override_expires_at is null or p.override_expires_at > now())) as active,
  p.override_reason as reason, p.override_enabled_by as "grantedBy",
  p.override_enabled_at as "grantedAt", p.override_expires_at as "expiresAt"`;
