import type { CompanyDatabase } from '../../database/company.ts';
import { LockstepError } from '../../errors.ts';
import { activityColumns, type JsonActivity, toActivity } from '../../events/drain.ts';
import { type FanOut, queueCapacity } from '../../events/fan-out.ts';
import type { ActivityRow } from '../../events/topics.ts';
import { type Member, rowScope } from '../access-member.ts';
import type { StreamDefinition } from './live-stream.ts';
import { audienceOf, inOrganization, noSuchRun } from './member-view.ts';
import { readPresent } from './read-present.ts';

/** Entries read at once, and shown at first when no place to go on from is given. */
const pageSize = 500;
const firstRows = 100;

/** Entries are dated when their transaction begins: a later commit may carry an earlier date, by this much. */
const overlapSeconds = 60;

/** So many ids are remembered to recognise what left before. */
const rememberedIds = 5_000;

/** Keeps `$2` in both statements: the run, or null for every run that the member may see. */
const ofRun = (column: string, syncId: string | null) =>
  syncId === null ? '$2::text is null' : `${column} = $2`;

const latest = (member: Member, syncId: string | null) => `
  select * from (
    select ${activityColumns} from sync_activity_log a
     where ${inOrganization(member, 'a.org_id')} and ${ofRun('a.sync_id', syncId)}
     order by a.created_at desc, a.id desc
     limit ${firstRows}) entries
   order by "createdAt", id`;

const after = (member: Member, syncId: string | null) => `
  select ${activityColumns}
    from sync_activity_log a,
         (select created_at, id from sync_activity_log
           where ${inOrganization(member, 'org_id')} and ${ofRun('sync_id', syncId)} and id = $3) place
   where ${inOrganization(member, 'a.org_id')} and ${ofRun('a.sync_id', syncId)}
     and case when $4 = 0 then (a.created_at, a.id) > (place.created_at, place.id)
              else a.created_at >= place.created_at - make_interval(secs => $4) end
   order by a.created_at, a.id
   limit ${pageSize}`;

interface ActivityView {
  readonly fanOut: FanOut;
  readonly database: CompanyDatabase;
  readonly member: Member;
  /** The run's id or an importer's text; null: every run that the member may see. */
  readonly syncId: string | null;
  /** The id of the last entry the subscriber has; null: show the latest ones first. */
  readonly after: string | null;
}

/**
 * The log of one run, or of all that the member may see, from the latest entries or from where the subscriber left off.
 * @throws LockstepError NOT_FOUND when there is no such run, or `after` is no entry of it, for this member
 */
export async function activityStream(view: ActivityView): Promise<StreamDefinition<'activity'>> {
  const { fanOut, database, member, syncId } = view;
  const scope = rowScope(member);
  await requireRun(view);
  const seen = new Set<string>();
  let place = view.after;
  let overlap = 0;

  return {
    fanOut,
    topic: 'activity',
    audience: audienceOf(member),
    ...(syncId !== null && { wants: ({ row }) => row?.syncId === syncId }),
    queue: { capacity: queueCapacity, paceMilliseconds: 0 },
    async read() {
      const base = [member.organizationId, syncId];
      const { rows, snapshot } =
        place === null
          ? await readPresent<JsonActivity>(database, scope, latest(member, syncId), base)
          : await readPresent<JsonActivity>(database, scope, after(member, syncId), [
              ...base,
              place,
              overlap,
            ]);
      const more = place !== null && rows.length === pageSize;
      place = rows.at(-1)?.id ?? place;
      overlap = more ? 0 : overlapSeconds;
      return { rows: rows.map(toActivity), snapshot, more };
    },
    admit(row: ActivityRow) {
      if (seen.has(row.id)) return false;
      seen.add(row.id);
      const [oldest] = seen;
      if (seen.size > rememberedIds && oldest !== undefined) seen.delete(oldest);
      place = row.id;
      return true;
    },
    share: null,
  };
}

async function requireRun({ database, member, syncId, after: place }: ActivityView): Promise<void> {
  const [found] = await database.query<{ run: boolean; entry: boolean }>(
    rowScope(member),
    `with entries as (
       select id from sync_activity_log a
        where ${inOrganization(member, 'a.org_id')} and ${ofRun('a.sync_id', syncId)})
     select $2::text is null or exists (select from entries) or exists (
              select from sync_progress p
               where ${inOrganization(member, 'p.org_id')} and p.sync_id = $2) as run,
            $3::uuid is null or exists (select from entries where id = $3) as entry`,
    [member.organizationId, syncId, place],
  );
  if (!found?.run) throw noSuchRun();
  if (found.entry) return;
  throw new LockstepError(
    'NOT_FOUND',
    'There is no such entry in the log of this run. Leave "after" out to begin with the latest ones.',
    { field: 'after' },
  );
}
