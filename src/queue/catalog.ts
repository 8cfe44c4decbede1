/**
 * Every job and its payload. A job carries ids only: what it works on is read when it runs.
 * Maintenance jobs work for all organisations of the company database they were added to.
 */
export interface JobPayloads {
  /** A ticket: some run of this database is due. See docs/sync.md. */
  'sync.run': { readonly runId: string; readonly organizationId: string };
  'maintenance.partitions': Record<string, never>;
  'maintenance.previews': Record<string, never>;
  'maintenance.retention': Record<string, never>;
  'initial-sync.reconcile': Record<string, never>;
  /** Have every mailbox that was read once looked at. */
  'mail.follow': Record<string, never>;
  /** Look at one mailbox; a run starts when something happened in it. */
  'mail.check': { readonly organizationId: string; readonly connectionId: string };
}

export type JobName = keyof JobPayloads;

export const jobNames = [
  'sync.run',
  'maintenance.partitions',
  'maintenance.previews',
  'maintenance.retention',
  'initial-sync.reconcile',
  'mail.follow',
  'mail.check',
] as const satisfies readonly JobName[];

/** Where jobs go that failed for good, until somebody looks. */
export const deadLetterQueue = 'dead-letter';

/** pg-boss's schema in every company database, made by the migrations. */
export const queueSchema = 'pgboss';

/** Every queue: one waiting job per key, any number running, and a NOTIFY that wakes workers. */
export const queueOptions = { policy: 'short', notify: true } as const;
