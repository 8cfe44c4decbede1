import type { Readers } from './topics.ts';

/** Who listens: one member acting in one organisation, or in all of the database. */
export interface Audience {
  /** Null: every organisation. */
  readonly organizationId: string | null;
  readonly userId: string;
  /** Whether row policies show this member all of the organisation's rows. */
  readonly admin: boolean;
}

/** Whether the row policies would show this row to that member. */
export function admits(
  audience: Audience,
  event: { readonly organizationId: string | null; readonly readers: Readers },
): boolean {
  const { organizationId } = audience;
  if (organizationId !== null && event.organizationId !== organizationId) return false;
  const { users, admins } = event.readers;
  return users === null || users.includes(audience.userId) || (admins && audience.admin);
}
