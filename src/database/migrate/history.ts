import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { errorText } from '../../errors.ts';
import type { Migration } from './migrations.ts';

/** A row of `_prisma_migrations`, Prisma's own table, so that its commands agree with ours. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  /** False: begun and not finished, by a failed run of ours or of Prisma. */
  readonly finished: boolean;
}

/** Creates Prisma's table when it is missing. Callers hold the migration lock. */
export async function ensureHistory(client: pg.ClientBase): Promise<void> {
  await client.query(`
    create table if not exists _prisma_migrations (
      id varchar(36) primary key,
      checksum varchar(64) not null,
      finished_at timestamptz,
      migration_name varchar(255) not null,
      logs text,
      rolled_back_at timestamptz,
      started_at timestamptz not null default now(),
      applied_steps_count integer not null default 0
    )`);
  await client.query('alter table _prisma_migrations enable row level security');
  await client.query('revoke all on _prisma_migrations from public');
}

/** What the database says of itself, oldest first; empty when it was never migrated. */
export async function readHistory(client: pg.ClientBase): Promise<readonly AppliedMigration[]> {
  const exists = await client.query(`select to_regclass('public._prisma_migrations') as found`);
  if (exists.rows[0]?.found === null) return [];
  const { rows } = await client.query<AppliedMigration>(`
    select distinct on (migration_name) migration_name as name, checksum, finished_at is not null as finished
    from _prisma_migrations where rolled_back_at is null
    order by migration_name, finished_at desc nulls last`);
  return rows;
}

export async function recordApplied(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query(
    `delete from _prisma_migrations where migration_name = $1 and finished_at is null`,
    [migration.name],
  );
  await client.query(
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     values ($1, $2, $3, now(), 1)`,
    [randomUUID(), migration.checksum, migration.name],
  );
}

/** Kept apart from the failed transaction, so that `migrate status` can tell. */
export async function recordFailed(
  client: pg.ClientBase,
  migration: Migration,
  error: unknown,
): Promise<void> {
  await client.query(
    `delete from _prisma_migrations where migration_name = $1 and finished_at is null`,
    [migration.name],
  );
  await client.query(
    `insert into _prisma_migrations (id, checksum, migration_name, logs) values ($1, $2, $3, $4)`,
    [randomUUID(), migration.checksum, migration.name, errorText(error)],
  );
}

export async function recordRolledBack(client: pg.ClientBase, name: string): Promise<void> {
  await client.query('delete from _prisma_migrations where migration_name = $1', [name]);
}
