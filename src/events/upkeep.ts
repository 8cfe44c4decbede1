/**
 * Moves one of the feed's clocks so many milliseconds ($1) ahead of the database's time; never back.
 * See the migration `live_feed` for what they promise.
 */
export function extendSequenceStatement(sequence: 'awake' | 'listening'): string {
  return `
    select setval('live.${sequence}', greatest(
      (select last_value from live.${sequence}),
      ((extract(epoch from clock_timestamp()) * 1000) + $1::float8)::bigint))`;
}

/**
 * Deletes what every listener had time to read: changes already visible in snapshot $1, which was
 * taken long enough ago. A change committed late is kept just as long, whenever it was written.
 */
export const forgetStatement = `
  delete from live.event
   where xid < pg_snapshot_xmax($1::pg_snapshot) and pg_visible_in_snapshot(xid, $1::pg_snapshot)`;
