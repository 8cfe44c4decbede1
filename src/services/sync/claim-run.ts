import type { CompanyDatabase } from '../../database/company.ts';
import type { Scope } from '../../database/scope.ts';
import { idleSecondsWithOpen } from './idle-time.ts';
import { type Run, type RunRow, runFromRow } from './run.ts';
import type { SyncType } from './sync-types.ts';

export interface ClaimRun {
  /** What this worker can execute; runs of other kinds stay for newer workers. */
  readonly kinds: readonly SyncType[];
  /** Names the worker in the row, for operators. */
  readonly owner: string;
  readonly leaseSeconds: number;
}

/** Candidates looked at per organisation: as many claims at once cannot miss each other's runs. */
const candidates = 8;

/** Claims that meet take different runs; only more of them than candidates need another look. */
const looks = 5;

/**
 * Takes the fairest due run of this company database and its lease, or null when nothing is due.
 *
 * Fair: the organisation with the fewest running runs goes first; within one, priority, then age.
 * So a ticket is a right to claim some run, not one certain run, and an organisation that queues a
 * thousand runs delays another's single run by one at most. Each organisation is looked up by its own
 * index probe (recursive "loose index scan"), so a long queue costs no more than a short one.
 */
export async function claimRun(database: CompanyDatabase, claim: ClaimRun): Promise<Run | null> {
  for (let look = 0; look < looks; look += 1) {
    const row = await claimOnce(database, claim);
    if (row) return runFromRow(row);
    const [due] = await database.query(maintenance, someDue, [claim.kinds]);
    if (!due) return null;
  }
  return null;
}

const maintenance: Scope = { role: 'service_role', organizationId: 'all' };

function claimOnce(database: CompanyDatabase, claim: ClaimRun): Promise<RunRow | undefined> {
  return database.transaction(maintenance, async (tx) => {
    const values = [claim.kinds, claim.owner, claim.leaseSeconds, candidates];
    const [claimed] = await tx.query<RunRow>(claimFairest, values);
    if (claimed) {
      await tx.query(
        `update sync_progress set status = 'running' where org_id = $1 and sync_id = $2`,
        [claimed.org_id, claimed.id],
      );
    }
    return claimed;
  });
}

const isDue = `status = 'queued' and kind = any ($1::sync_type[])
  and coalesce(next_attempt_at, '-infinity') <= clock_timestamp()`;

const someDue = `select from sync_job_queue where ${isDue} limit 1`;

// Row security hides the statistics from the planner (it expects most rows to be running *and* most to
// be queued), so the shape leaves it no choice but index probes: correlated counts, and the candidates
// as an array instead of a join. With 100,000 runs waiting: 2 ms a claim, 36 ms with joins.
const claimFairest = `
  with recursive waiting as (
    (select org_id from sync_job_queue where status = 'queued' order by org_id limit 1)
    union all
    select (select org_id from sync_job_queue
             where status = 'queued' and org_id > waiting.org_id order by org_id limit 1)
      from waiting where waiting.org_id is not null
  ),
  head as materialized (
    select due.id, due.priority, due.queued_at,
           busy.running + row_number() over (
             partition by waiting.org_id order by due.priority desc, due.queued_at) as share
      from waiting
     cross join lateral (
       select count(*) as running from sync_job_queue
        where org_id = waiting.org_id and status = 'running'
     ) busy
     cross join lateral (
       select id, priority, queued_at from sync_job_queue
        where org_id = waiting.org_id and ${isDue}
        order by priority desc, queued_at
        limit $4
     ) due
     where waiting.org_id is not null
  ),
  pick as materialized (
    select array_agg(id order by share, priority desc, queued_at) as ids from head
  ),
  fairest as (
    select id from sync_job_queue
     where id = any ((select ids from pick)::uuid[]) and status = 'queued'
     order by array_position((select ids from pick), id)
     limit 1
     for update skip locked
  )
  update sync_job_queue set
    status = 'running',
    lease_owner = $2,
    lease_number = lease_number + 1,
    lease_expires_at = clock_timestamp() + $3::float8 * interval '1 second',
    heartbeat_at = clock_timestamp(),
    next_attempt_at = null,
    paused_seconds = ${idleSecondsWithOpen},
    paused_at = null,
    started_at = coalesce(started_at, clock_timestamp()),
    completed_at = null
  where id = (select id from fairest)
  returning *`;
