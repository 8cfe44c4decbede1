/** What a subscriber can be told about. The database's triggers write these names into `live.event`. */
export const topics = ['progress', 'activity', 'notification', 'access'] as const;
export type Topic = (typeof topics)[number];

/** The labels of the enum `sync_status_type`. */
export type StatusLabel =
  | 'queued'
  | 'running'
  | 'paused'
  | 'held'
  | 'completed'
  | 'failed'
  | 'cancelled';

/** The labels of the enum `sync_action`. */
export type ActionLabel =
  | 'started'
  | 'progress'
  | 'created'
  | 'updated'
  | 'deleted'
  | 'skipped'
  | 'failed'
  | 'retried'
  | 'paused'
  | 'resumed'
  | 'cancelled'
  | 'completed'
  | 'held'
  | 'waiting'
  | 'audited';

/** A row of `sync_progress`, named as the program names its columns. */
export interface ProgressRow {
  readonly id: string;
  readonly orgId: string;
  /** The run's id, or an importer's own free text. */
  readonly syncId: string;
  readonly entityType: string;
  readonly sourceSystem: string;
  readonly status: StatusLabel;
  readonly totalItems: number | null;
  readonly processedCount: number;
  readonly failedCount: number;
  readonly currentItem: number | null;
  readonly elapsedSeconds: number;
  readonly speedItemsPerMin: number;
  readonly etaSeconds: number | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly updatedAt: Date;
}

/** A row of `sync_activity_log`. */
export interface ActivityRow {
  readonly id: string;
  readonly orgId: string;
  readonly syncId: string;
  readonly entityType: string | null;
  readonly action: ActionLabel;
  readonly status: StatusLabel | null;
  readonly message: string;
  readonly details: unknown;
  readonly userId: string | null;
  readonly createdAt: Date;
}

/** A row of `notifications`. */
export interface NotificationRow {
  readonly id: string;
  readonly orgId: string;
  readonly userId: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly data: unknown;
  readonly readAt: Date | null;
  readonly createdAt: Date;
}

/** What each topic carries. `access` only says whose rights may have changed. */
export interface TopicRows {
  readonly progress: ProgressRow;
  readonly activity: ActivityRow;
  readonly notification: NotificationRow;
  readonly access: null;
}

/** Who may see a row, decided as the table's row policy decides it. */
export interface Readers {
  /** These users; null: every member of the organisation. */
  readonly users: readonly string[] | null;
  /** Whether the organisation's administrators see it too. */
  readonly admins: boolean;
}

/** One changed row: the newest state that had been committed when the feed was read. */
export interface LiveEvent<T extends Topic = Topic> {
  readonly topic: T;
  /** Null where the changed row belongs to a person, not to an organisation. */
  readonly organizationId: string | null;
  /** The row's id; for `access` the user's. Null: too many rows at once to name, read again. */
  readonly key: string | null;
  /** The last transaction that changed the row; compared with a reader's snapshot. */
  readonly transaction: number;
  /** Null when the row is gone, or was never named. */
  readonly row: TopicRows[T] | null;
  readonly readers: Readers;
}

/** An event of any topic, told apart by `topic`. */
export type AnyLiveEvent = { [T in Topic]: LiveEvent<T> }[Topic];
