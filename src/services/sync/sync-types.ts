/** What a run synchronises; the labels of the database's enum `sync_type`. */
export const syncTypes = [
  'initial_mail',
  'mail_follow_up',
  'calendar',
  'onedrive',
  'users',
  'external',
] as const;
export type SyncType = (typeof syncTypes)[number];

/** What a run counts; the labels of the database's enum `sync_entity_type`. */
export const syncEntityTypes = [
  'message',
  'appointment',
  'file',
  'user',
  'customer',
  'contact',
  'product',
  'order',
] as const;
export type SyncEntityType = (typeof syncEntityTypes)[number];

/** What the activity log can say; the labels of the database's enum `sync_action`. */
export const syncActions = [
  'started',
  'progress',
  'created',
  'updated',
  'deleted',
  'skipped',
  'failed',
  'retried',
  'paused',
  'resumed',
  'cancelled',
  'completed',
  'held',
  'waiting',
  'audited',
] as const;
export type SyncAction = (typeof syncActions)[number];
