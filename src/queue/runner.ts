import { PgBoss, type Queue } from 'pg-boss';
import { errorText } from '../errors.ts';
import type { Logger } from '../log.ts';
import { deadLetterQueue, queueOptions, queueSchema } from './catalog.ts';
import type { AnyJob } from './job.ts';

export interface JobRunnerOptions {
  /** The company database's owner connection string. */
  readonly url: string;
  readonly jobs: readonly AnyJob[];
  readonly log: Logger;
  /** Most connections of the queue itself; handlers use the database's own pool. */
  readonly connections?: number;
  /** NOTIFY wakes workers at once; this is how long they sleep when it does not. */
  readonly pollSeconds?: number;
}

/** Finished tickets are of no use after a day; the runs keep their own history. */
const keepFinishedSeconds = 86_400;

/**
 * Executes the jobs of one company database in this process. NOTIFY only wakes: a worker that was not
 * woken polls, and finds delayed jobs that way too.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #boss: PgBoss;
  readonly #shutdown = new AbortController();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#boss = new PgBoss({
      connectionString: options.url,
      schema: queueSchema,
      application_name: 'lockstep-queue',
      max: options.connections ?? 4,
      migrate: false,
      createSchema: false,
      schedule: false,
      useListenNotify: true,
    });
    // Without listeners a lost connection would end the process.
    this.#boss.on('error', (error) =>
      options.log.error({ error: errorText(error) }, 'queue error'),
    );
    this.#boss.on('warning', ({ message }) =>
      options.log.warn({ warning: message }, 'queue warning'),
    );
  }

  /**
   * Makes or updates the queues and starts the workers.
   * @throws when the database lacks pg-boss's schema: run the migrations first
   */
  async start(): Promise<void> {
    try {
      await this.#boss.start();
      await this.#makeQueues();
      for (const job of this.#options.jobs) {
        for (let worker = 0; worker < job.concurrency; worker += 1) await this.#work(job);
      }
    } catch (error) {
      await this.stop(1);
      throw error;
    }
  }

  /** Stops taking jobs, tells running handlers, and waits for them up to the limit. */
  async stop(timeoutSeconds: number): Promise<void> {
    this.#shutdown.abort();
    await this.#boss.stop({ graceful: true, timeout: timeoutSeconds * 1000 });
  }

  async #makeQueues(): Promise<void> {
    await this.#makeQueue({ name: deadLetterQueue, policy: 'standard' });
    for (const job of this.#options.jobs) {
      await this.#makeQueue({
        name: job.name,
        ...queueOptions,
        retryLimit: job.retryLimit,
        retryDelay: job.retryDelaySeconds,
        retryBackoff: true,
        expireInSeconds: job.timeoutSeconds,
        deleteAfterSeconds: keepFinishedSeconds,
        ...(job.deadLetter === false ? {} : { deadLetter: deadLetterQueue }),
      });
    }
  }

  async #makeQueue({ name, ...options }: Queue): Promise<void> {
    await this.#boss.createQueue(name, options);
    const { policy: _policy, ...changeable } = options;
    if (Object.keys(changeable).length > 0) await this.#boss.updateQueue(name, changeable);
  }

  async #work(job: AnyJob): Promise<void> {
    const every = this.#options.pollSeconds ?? 2;
    const id = await this.#boss.work<unknown>(
      job.name,
      { batchSize: 1, pollingIntervalSeconds: every, notifyPollingIntervalSeconds: every },
      async (batch) => {
        for (const { data, signal } of batch) {
          const context = { signal: AbortSignal.any([signal, this.#shutdown.signal]) };
          // The queue gives back what `addJob` took, which bound the payload's type to the name.
          const handle = job.handle as (payload: unknown, context: unknown) => Promise<void>;
          await handle(data, context);
        }
        // A worker that had work looks again at once instead of sleeping until the next poll.
        this.#boss.notifyWorker(id);
      },
    );
  }
}
