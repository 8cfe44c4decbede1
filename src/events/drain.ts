import { LockstepError } from '../errors.ts';
import { parseSnapshot, type Snapshot } from './snapshot.ts';
import {
  type ActivityRow,
  type AnyLiveEvent,
  type LiveEvent,
  type NotificationRow,
  type ProgressRow,
  type Topic,
  topics,
} from './topics.ts';

/** Columns of `sync_progress p` as a `ProgressRow`. */
export const progressColumns = `
  p.id, p.org_id as "orgId", p.sync_id as "syncId", p.entity_type as "entityType",
  p.source_system as "sourceSystem", p.status, p.total_items as "totalItems",
  p.processed_count as "processedCount", p.failed_count as "failedCount",
  p.current_item as "currentItem", p.elapsed_seconds as "elapsedSeconds",
  p.speed_items_per_min as "speedItemsPerMin", p.eta_seconds as "etaSeconds",
  p.started_at as "startedAt", p.completed_at as "completedAt", p.updated_at as "updatedAt"`;

/** Columns of `sync_activity_log a` as an `ActivityRow`. */
export const activityColumns = `
  a.id, a.org_id as "orgId", a.sync_id as "syncId", a.entity_type as "entityType", a.action,
  a.status, a.message, a.details, a.user_id as "userId", a.created_at as "createdAt"`;

/** Columns of `notifications n` as a `NotificationRow`. */
export const notificationColumns = `
  n.id, n.org_id as "orgId", n.user_id as "userId", n.kind, n.title, n.body, n.data,
  n.read_at as "readAt", n.created_at as "createdAt"`;

/**
 * Everything committed since snapshot $1, newest state per row, with the snapshot under which it was
 * read: the next $1. Comparing snapshots loses no commit, in whatever order they come, and repeats none.
 */
export const drainStatement = `
  with changed as materialized (
    select topic, org_id, key, max(id) as id, max(at) as at,
           (array_agg(xid order by id desc))[1]::text::bigint as transaction
      from live.event
     where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)
     group by topic, org_id, key
  )
  select pg_current_snapshot()::text as snapshot,
         greatest(0, (select last_value from live.awake) - extract(epoch from clock_timestamp()) * 1000)::float8
           as "awakeMilliseconds",
         coalesce((select json_agg(e order by e.id) from (
           select c.id, c.topic, c.org_id as "organizationId", c.key, c.transaction,
                  case c.topic
                    when 'progress' then (
                      select to_json(r) from (
                        select app.run_owner(p.sync_id) as owner, ${progressColumns}
                          from sync_progress p where p.id = c.key) r)
                    when 'activity' then (
                      select to_json(r) from (
                        select app.run_owner(a.sync_id) as owner, ${activityColumns}
                          from sync_activity_log a where a.id = c.key and a.created_at = c.at) r)
                    when 'notification' then (
                      select to_json(r) from (
                        select null as owner, ${notificationColumns} from notifications n where n.id = c.key) r)
                  end as row
             from changed c) e), '[]'::json) as events`;

/** A timestamp as JSON carries it. */
type JsonDates<T> = {
  [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K];
};

export type JsonProgress = JsonDates<ProgressRow>;
export type JsonActivity = JsonDates<ActivityRow>;
export type JsonNotification = JsonDates<NotificationRow>;

interface DrainedEvent {
  readonly topic: string;
  readonly organizationId: string | null;
  readonly key: string | null;
  readonly transaction: number;
  readonly row: unknown;
}

export interface DrainRow {
  readonly snapshot: string;
  readonly awakeMilliseconds: number;
  readonly events: readonly DrainedEvent[];
}

export interface Drained {
  readonly snapshot: Snapshot;
  /** The same, as the database writes it. */
  readonly snapshotText: string;
  /** How long writers rely on listeners looking by themselves. */
  readonly awakeMilliseconds: number;
  readonly events: readonly AnyLiveEvent[];
}

/** One reading of the feed, typed. */
export function readDrained(row: DrainRow): Drained {
  return {
    snapshot: parseSnapshot(row.snapshot),
    snapshotText: row.snapshot,
    awakeMilliseconds: row.awakeMilliseconds,
    events: row.events.map(readEvent),
  };
}

function readEvent({ topic, row, ...rest }: DrainedEvent): AnyLiveEvent {
  const known = topics.find((one) => one === topic);
  if (!known) {
    throw new LockstepError(
      'INTERNAL_SERVER_ERROR',
      `The live feed holds the topic ${topic}, expected one of ${topics.join(', ')}. Is the program older than the schema?`,
    );
  }
  return { ...rest, ...typed(known, row) };
}

type TypedRow = { [T in Topic]: Pick<LiveEvent<T>, 'topic' | 'row' | 'readers'> }[Topic];

/** The row of one topic and who may see it, as the table's row policy says. */
function typed(topic: Topic, row: unknown): TypedRow {
  const nobody = { users: [], admins: false };
  if (row === null) return { topic, row, readers: nobody };
  switch (topic) {
    case 'access':
      return { topic, row: null, readers: nobody };
    case 'progress': {
      const progress = row as JsonProgress & { owner: string | null };
      const users = progress.owner === null ? null : [progress.owner];
      return { topic, row: toProgress(progress), readers: { users, admins: true } };
    }
    case 'activity': {
      const activity = row as JsonActivity & { owner: string | null };
      return { topic, row: toActivity(activity), readers: activityReaders(activity) };
    }
    case 'notification': {
      const notification = row as JsonNotification;
      const readers = { users: [notification.userId], admins: false };
      return { topic, row: toNotification(notification), readers };
    }
  }
}

function activityReaders({ owner, userId }: { owner: string | null; userId: string | null }) {
  const users = [owner, userId].filter((user) => user !== null);
  return { users: users.length === 0 ? null : users, admins: true };
}

export function toProgress(row: JsonProgress): ProgressRow {
  return {
    ...row,
    startedAt: toDate(row.startedAt),
    completedAt: toDate(row.completedAt),
    updatedAt: new Date(row.updatedAt),
  };
}

export function toActivity(row: JsonActivity): ActivityRow {
  return { ...row, createdAt: new Date(row.createdAt) };
}

export function toNotification(row: JsonNotification): NotificationRow {
  return { ...row, readAt: toDate(row.readAt), createdAt: new Date(row.createdAt) };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
