/** What a member may see in an organisation: their own and what is shared, or everybody's. */
export type Standing = 'member' | 'admin';

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
      readonly standing?: undefined;
    }
  /**
   * The same, with what has just been read of the member's rights in that organisation, so that
   * policies need not look them up again for each statement. For one operation: rights may change.
   */
  | {
      readonly role: 'authenticated';
      readonly userId: string;
      readonly organizationId: string;
      readonly standing: Standing;
    }
  /** A job or service, working for one organisation. */
  | { readonly role: 'service_role'; readonly organizationId: string }
  /** Maintenance across organisations: reaper, schedules, clean-up. */
  | { readonly role: 'service_role'; readonly organizationId: 'all' };
