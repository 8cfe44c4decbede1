import type { Readers } from './topics.ts';

/** Who listens: one member acting in one organisation. */
export interface Audience {
  readonly organizationId: string;
  readonly userId: string;
  /** Whether row policies show this member all of the organisation's rows. */
  readonly admin: boolean;
}

/** Whether the row policies would show this row to that member. */
export function admits(
  audience: Audience,
  event: { readonly organizationId: string | null; readonly readers: Readers },
): boolean {
  if (event.organizationId !== audience.organizationId) return false;
  const { users, admins } = event.readers;
  return users === null || users.includes(audience.userId) || (admins && audience.admin);
}
