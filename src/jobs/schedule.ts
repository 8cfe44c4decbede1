import { createTask, type ScheduledTask } from 'node-cron';
import type { CompanyDatabase } from '../database/company.ts';
import { errorText } from '../errors.ts';
import type { Logger } from '../log.ts';
import { addJob } from '../queue/add.ts';
import type { JobName, JobPayloads } from '../queue/catalog.ts';
import { claimTick } from '../services/sync/claim-tick.ts';

/** Jobs without a payload: a schedule has nothing to tell them. */
export type ScheduledJob = {
  [N in JobName]: Record<string, never> extends JobPayloads[N] ? N : never;
}[JobName];

/** A recurring job of every company database. */
export interface Schedule {
  readonly name: string;
  /** Five fields, or six with seconds first; in UTC. */
  readonly cron: string;
  readonly job: ScheduledJob;
}

/** What the engine itself needs done regularly. */
export const engineSchedules: readonly Schedule[] = [
  { name: 'partitions', cron: '7 */6 * * *', job: 'maintenance.partitions' },
  { name: 'previews', cron: '*/10 * * * *', job: 'maintenance.previews' },
  { name: 'retention', cron: '40 3 * * *', job: 'maintenance.retention' },
  { name: 'override-claims', cron: '*/20 * * * * *', job: 'initial-sync.reconcile' },
];

export interface SchedulerOptions {
  readonly schedules: readonly Schedule[];
  /** Asked at every tick: company databases come and go. */
  readonly databases: () => Promise<readonly CompanyDatabase[]>;
  readonly log: Logger;
}

/** Ticks may come a little early or late; nine tenths of a period is a new one for certain. */
const certainShare = 0.9;

/**
 * Fires schedules in every process; per database, each tick enqueues once (`claimTick`). A tick that
 * no process was there for is made up for at the next start.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #firing = new Set<Promise<void>>();
  #tasks: readonly ScheduledTask[] = [];

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#tasks = this.#options.schedules.map((schedule) => {
      const task: ScheduledTask = createTask(
        schedule.cron,
        () => this.#fire(schedule, gaps(task).shortest * certainShare, task),
        {
          name: schedule.name,
          timezone: 'UTC',
          noOverlap: true,
          logger: cronLogger(this.#options.log),
        },
      );
      return task;
    });
    for (const [index, task] of this.#tasks.entries()) {
      const schedule = this.#options.schedules[index];
      await task.start();
      if (schedule) await this.#fire(schedule, gaps(task).longest, task);
    }
  }

  /** Resolves when ticks under way have enqueued. */
  async stop(): Promise<void> {
    for (const task of this.#tasks) await task.destroy();
    this.#tasks = [];
    await Promise.all(this.#firing);
  }

  async #fire(schedule: Schedule, minimumGapSeconds: number, task: ScheduledTask): Promise<void> {
    const firing = this.#enqueue(schedule, minimumGapSeconds, task);
    this.#firing.add(firing);
    await firing.finally(() => this.#firing.delete(firing));
  }

  async #enqueue(
    schedule: Schedule,
    minimumGapSeconds: number,
    task: ScheduledTask,
  ): Promise<void> {
    const { log } = this.#options;
    const tick = {
      name: schedule.name,
      cron: schedule.cron,
      timeZone: 'UTC',
      minimumGapSeconds,
      nextInSeconds: (task.msToNext() ?? 0) / 1000,
    };
    for (const database of await this.#reachable()) {
      try {
        await database.transaction({ role: 'service_role', organizationId: 'all' }, async (tx) => {
          if (!(await claimTick(tx, tick))) return;
          await addJob(tx, schedule.job, {}, { singletonKey: schedule.job });
        });
      } catch (error) {
        // One database that cannot answer must not stop the others' schedules.
        log.error(
          { schedule: schedule.name, database: database.name, error: errorText(error) },
          'tick failed',
        );
      }
    }
  }

  async #reachable(): Promise<readonly CompanyDatabase[]> {
    try {
      return await this.#options.databases();
    } catch (error) {
      this.#options.log.error({ error: errorText(error) }, 'company databases could not be listed');
      return [];
    }
  }
}

/** The shortest and longest time between ticks that come, in seconds. */
function gaps(task: ScheduledTask): { readonly shortest: number; readonly longest: number } {
  const ticks = task.getNextRuns(20).map((date) => date.getTime() / 1000);
  const between = ticks.slice(1).map((at, index) => at - (ticks[index] ?? at));
  return { shortest: Math.min(...between), longest: Math.max(...between) };
}

function cronLogger(log: Logger) {
  return {
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.warn(message),
    error: (message: string | Error) => log.error(errorText(message)),
    debug: (message: string | Error) => log.debug(errorText(message)),
  };
}
