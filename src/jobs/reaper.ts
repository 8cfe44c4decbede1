import { errorText } from '../errors.ts';
import type { RunWorker } from '../services/sync/execute-run.ts';
import { reapLostRuns } from '../services/sync/reap-lost-runs.ts';
import { requeueOrphans } from '../services/sync/requeue-orphans.ts';

/**
 * Looks for lost runs every few seconds, in every worker process: a dead worker is noticed within its
 * lease and one period. Not a job of the queue, because it must work when the queue has lost jobs.
 */
export class Reaper {
  readonly #worker: Pick<RunWorker, 'database' | 'handlers' | 'log'>;
  readonly #everySeconds: number;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> | null = null;

  constructor(worker: Pick<RunWorker, 'database' | 'handlers' | 'log'>, everySeconds: number) {
    this.#worker = worker;
    this.#everySeconds = everySeconds;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#pass ??= this.#reap().finally(() => {
        this.#pass = null;
      });
    }, this.#everySeconds * 1000);
  }

  /** Resolves when the pass under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pass;
  }

  async #reap(): Promise<void> {
    const { database, handlers, log } = this.#worker;
    try {
      await reapLostRuns(database, handlers, log);
      const added = await requeueOrphans(database);
      if (added > 0) log.info({ added }, 'tickets added for runs that had none');
    } catch (error) {
      log.warn({ database: database.name, error: errorText(error) }, 'reaper pass failed');
    }
  }
}
