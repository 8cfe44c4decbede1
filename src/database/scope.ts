/**
 * Whose rows a statement may touch. It becomes the database role and the transaction-local settings
 * that every row policy reads; nothing else in the program decides about rows.
 */
export type Scope =
  /** A request. `organizationId` narrows to one of the member's organisations. */
  | {
      readonly role: 'authenticated';
      readonly userId: string;
      readonly organizationId?: string | undefined;
    }
  /** A job or service, working for one organisation. */
  | { readonly role: 'service_role'; readonly organizationId: string }
  /** Maintenance across organisations: reaper, schedules, clean-up. */
  | { readonly role: 'service_role'; readonly organizationId: 'all' };
