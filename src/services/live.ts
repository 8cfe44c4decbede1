import type { CompanyDatabase } from '../database/company.ts';
import type { CompanyDatabases } from '../database/company-databases.ts';
import { LockstepError } from '../errors.ts';
import { FanOut } from '../events/fan-out.ts';
import { type ListenerTimes, LiveListener } from '../events/listener.ts';
import type { Topic } from '../events/topics.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../log.ts';
import type { Access } from './access.ts';
import { auditReach } from './access-audit.ts';
import type { Member } from './access-member.ts';
import { AccessWatch } from './live/access-watch.ts';
import { activityStream } from './live/activity-stream.ts';
import { LiveStream, type StreamDefinition } from './live/live-stream.ts';
import { notificationStream } from './live/notification-stream.ts';
import { progressStream } from './live/progress-stream.ts';

export interface LiveOptions {
  readonly databases: Pick<CompanyDatabases, 'of'>;
  readonly access: Pick<Access, 'stillMember'>;
  readonly log: Logger;
  readonly clock: Clock;
  readonly times?: ListenerTimes;
}

/** Who follows, in which request. */
export interface Subscriber {
  readonly member: Member;
  readonly requestId: string;
}

/** What members can follow. Every stream gives the present state first and ends with the member's rights. */
export interface Live {
  /** @param syncId a run's id or an importer's text; null: everything the member may see. @throws NOT_FOUND */
  progress(subscriber: Subscriber, syncId: string | null): Promise<LiveStream<'progress'>>;
  /** @param syncId as for `progress`. @param after the last entry the subscriber has. @throws NOT_FOUND */
  activity(
    subscriber: Subscriber,
    syncId: string | null,
    after: string | null,
  ): Promise<LiveStream<'activity'>>;
  notifications(subscriber: Subscriber): Promise<LiveStream<'notification'>>;
  close(): Promise<void>;
}

/** One company database's feed in this process. */
interface Feed {
  readonly fanOut: FanOut;
  readonly listener: LiveListener;
  readonly watch: AccessWatch;
}

/** How long a subscriber waits for a database that cannot be listened to. */
const readyMilliseconds = 5_000;

/** Listens to a company database from its first subscriber on, with one connection for all of them. */
export function createLive({ databases, access, log, clock, times }: LiveOptions): Live {
  const feeds = new Map<string, Feed>();

  function feedOf(database: CompanyDatabase): Feed {
    const known = feeds.get(database.name);
    if (known) return known;
    const fanOut = new FanOut();
    const watch = new AccessWatch({ access, log, clock });
    fanOut.onAccessChange((userId) => watch.recheck(userId));
    const listener = new LiveListener({ url: database.url, fanOut, log, ...(times && { times }) });
    const feed = { fanOut, listener, watch };
    feeds.set(database.name, feed);
    return feed;
  }

  async function open<T extends Topic>(
    { member, requestId }: Subscriber,
    define: (view: {
      fanOut: FanOut;
      database: CompanyDatabase;
      member: Member;
    }) => Promise<StreamDefinition<T>> | StreamDefinition<T>,
  ): Promise<LiveStream<T>> {
    const database = await databases.of(member.organizationId);
    await auditReach(database, member, requestId);
    const { fanOut, listener, watch } = feedOf(database);
    await inTime(listener.ready());
    const stream = new LiveStream(await define({ fanOut, database, member }));
    watch.add(member, stream);
    return stream;
  }

  return {
    progress: (subscriber, syncId) =>
      open(subscriber, (view) => progressStream({ ...view, syncId })),
    activity: (subscriber, syncId, after) =>
      open(subscriber, (view) => activityStream({ ...view, syncId, after })),
    notifications: (subscriber) => open(subscriber, notificationStream),
    async close() {
      for (const { watch } of feeds.values()) watch.close();
      await Promise.all([...feeds.values()].map(({ listener }) => listener.close()));
    },
  };
}

async function inTime(ready: Promise<void>): Promise<void> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timeout.reject(
      new LockstepError(
        'UNAVAILABLE',
        'Live updates are not available now. Try again in a moment.',
        {
          retryAfterSeconds: 5,
        },
      ),
    );
  }, readyMilliseconds);
  try {
    await Promise.race([ready, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
