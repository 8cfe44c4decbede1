import type { CompanyDatabase } from '../../database/company.ts';
import type { Audience } from '../../events/audience.ts';
import { type JsonProgress, progressColumns, toProgress } from '../../events/drain.ts';
import { type FanOut, queueCapacity } from '../../events/fan-out.ts';
import { type Member, rowScope } from '../access-member.ts';
import type { StreamDefinition } from './live-stream.ts';
import { audienceOf, inOrganization, noSuchRun } from './member-view.ts';
import { readPresent } from './read-present.ts';

/** Four changes of one run a second at most; a change of status never waits. */
const paceMilliseconds = 250;

/** Without a run's id: what is under way, and the latest of what has ended, up to this many. */
const mostRows = 100;

type OwnedProgress = JsonProgress & { readonly owner: string | null };

const oneRun = (member: Member) => `
  select app.run_owner(p.sync_id) as owner, ${progressColumns}
    from sync_progress p
   where ${inOrganization(member, 'p.org_id')} and p.sync_id = $2
   order by p.updated_at, p.id`;

const latestRuns = (member: Member) => `
  select * from (
    select app.run_owner(p.sync_id) as owner, ${progressColumns}
      from sync_progress p
     where ${inOrganization(member, 'p.org_id')}
     order by p.completed_at is not null, p.updated_at desc, p.id
     limit ${mostRows}) latest
   order by "updatedAt", id`;

interface ProgressView {
  readonly fanOut: FanOut;
  readonly database: CompanyDatabase;
  readonly member: Member;
  /** The run's id or an importer's text; null: every run that the member may see. */
  readonly syncId: string | null;
}

/**
 * Progress of one run or of all that the member may see.
 * @throws LockstepError NOT_FOUND when there is no such run for this member
 */
export async function progressStream(view: ProgressView): Promise<StreamDefinition<'progress'>> {
  const { fanOut, member, syncId } = view;
  const read = () => readProgress(view);
  const owner = syncId === null ? undefined : (await read()).owner;
  const audience = owner === null ? everyone(member) : audienceOf(member);
  return {
    fanOut,
    topic: 'progress',
    audience,
    ...(syncId !== null && { wants: ({ row }) => row?.syncId === syncId }),
    queue: {
      capacity: queueCapacity,
      paceMilliseconds,
      isUrgent: (event, last) => event.row?.status !== last.row?.status,
    },
    read,
    share: JSON.stringify(['progress', syncId, member.role, audience]),
  };
}

async function readProgress({ database, member, syncId }: ProgressView) {
  const values = syncId === null ? [member.organizationId] : [member.organizationId, syncId];
  const statement = (syncId === null ? latestRuns : oneRun)(member);
  const state = await readPresent<OwnedProgress>(database, rowScope(member), statement, values);
  if (syncId !== null && state.rows.length === 0) {
    throw noSuchRun();
  }
  const owner = state.rows[0]?.owner ?? null;
  const rows = state.rows.map(({ owner: _, ...row }) => toProgress(row));
  return { rows, snapshot: state.snapshot, more: false, owner };
}

/** Of a run that belongs to nobody all members see the same: no one's own rows are added. */
function everyone(member: Member): Audience {
  return { ...audienceOf(member), userId: '' };
}
