import type { Sql } from '../../database/sql.ts';

/** One tick of a schedule as the process that fires sees it. */
export interface Tick {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  /** The tick is refused when the last one is younger, by the database's clock. */
  readonly minimumGapSeconds: number;
  readonly nextInSeconds: number;
}

/**
 * Takes a tick for this database; false when another process took it or an operator disabled the
 * schedule. Enqueue in the same transaction: then a tick that was taken is a job that exists.
 *
 * The age of the last tick decides, not the moment a process thinks it fires at: processes whose
 * clocks differ fire at different moments of the same period, and only the first counts.
 */
export async function claimTick(tx: Sql, tick: Tick): Promise<boolean> {
  const taken = await tx.query(
    `insert into sync_schedule (name, cron, time_zone, last_run_at, next_run_at)
     values ($1, $2, $3, clock_timestamp(),
             clock_timestamp() + $5::float8 * interval '1 second')
     on conflict (org_id, name) do update set
       cron = excluded.cron, time_zone = excluded.time_zone,
       last_run_at = excluded.last_run_at, next_run_at = excluded.next_run_at
     where sync_schedule.enabled
       and coalesce(sync_schedule.last_run_at, '-infinity')
           < clock_timestamp() - $4::float8 * interval '1 second'
     returning id`,
    [tick.name, tick.cron, tick.timeZone, tick.minimumGapSeconds, tick.nextInSeconds],
  );
  return taken.length > 0;
}
