import type { CompanyDatabase } from '../database/company.ts';
import { errorText } from '../errors.ts';
import type { CompanyWorker } from '../jobs/company-worker.ts';
import type { Logger } from '../log.ts';

export interface WorkerSetOptions {
  /** Asked again and again: company databases come and go while we run. */
  readonly databases: () => Promise<readonly CompanyDatabase[]>;
  readonly workerFor: (database: CompanyDatabase) => Pick<CompanyWorker, 'start' | 'stop'>;
  readonly log: Logger;
  readonly lookEverySeconds: number;
}

/** Handlers get this long to reach their next page when the process is told to stop. */
const stopSeconds = 15;

/** One worker per company database. A database that is down is tried again and harms no other. */
export class WorkerSet {
  readonly #options: WorkerSetOptions;
  readonly #workers = new Map<string, Pick<CompanyWorker, 'start' | 'stop'>>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: WorkerSetOptions) {
    this.#options = options;
  }

  /** Starts a worker for every database there is, and goes on looking for new ones. */
  async start(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, this.#options.lookEverySeconds * 1000);
  }

  /** Gives running runs back and stops; the others take them over at once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(stopSeconds)));
  }

  async #look(): Promise<void> {
    const { databases, workerFor, log } = this.#options;
    try {
      for (const database of await databases()) {
        if (this.#workers.has(database.url)) continue;
        const worker = workerFor(database);
        try {
          await worker.start();
          this.#workers.set(database.url, worker);
        } catch (error) {
          await worker.stop(1).catch(() => undefined);
          log.error({ database: database.name, err: error }, 'the worker could not start here');
        }
      }
    } catch (error) {
      log.warn({ error: errorText(error) }, 'company databases could not be listed');
    }
  }
}
