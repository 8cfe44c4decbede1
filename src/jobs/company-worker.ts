import { JobRunner } from '../queue/runner.ts';
import { Reaper } from './reaper.ts';
import { type JobParts, jobsOf } from './registry.ts';

export interface CompanyWorkerOptions extends JobParts {
  readonly reapSeconds?: number;
}

/** Everything that works in the background for one company database: jobs and the reaper. */
export class CompanyWorker {
  readonly #runner: JobRunner;
  readonly #reaper: Reaper;

  constructor(options: CompanyWorkerOptions) {
    const { database, log } = options.worker;
    this.#runner = new JobRunner({ url: database.url, jobs: jobsOf(options), log });
    this.#reaper = new Reaper(options.worker, options.reapSeconds ?? 5);
  }

  async start(): Promise<void> {
    await this.#runner.start();
    this.#reaper.start();
  }

  /** Gives running runs back and waits for handlers up to the limit. */
  async stop(timeoutSeconds: number): Promise<void> {
    await this.#reaper.stop();
    await this.#runner.stop(timeoutSeconds);
  }
}
