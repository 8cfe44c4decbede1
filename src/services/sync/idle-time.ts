/**
 * SQL for time in which a run does not work: paused, held, queued for another attempt, or waiting in
 * place for the provider. Elapsed time and speed leave it out. An open idle time has `paused_at`; a
 * wait in place ends by itself at `waiting_until`. Time before the first claim is no idle time,
 * because elapsed time starts there.
 */
export const idleSecondsWithOpen = `
  paused_seconds + greatest(0, coalesce(
    extract(epoch from least(clock_timestamp(), waiting_until) - paused_at), 0))`;

export const idleBegins = `
  case when started_at is null then null else coalesce(paused_at, clock_timestamp()) end`;
