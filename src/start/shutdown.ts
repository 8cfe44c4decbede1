import { setTimeout as delay } from 'node:timers/promises';
import { errorText } from '../errors.ts';
import type { Logger } from '../log.ts';

interface Step {
  readonly name: string;
  readonly limitSeconds: number;
  readonly stop: () => unknown;
}

/**
 * What has to be ended, in the order it was started; ending runs backwards. Each step has a limit,
 * so that one part that hangs cannot keep the others (or the process) alive.
 */
export class Shutdown {
  readonly #steps: Step[] = [];
  #running: Promise<void> | undefined;

  /** Registers a step; later steps are stopped earlier. */
  add(name: string, stop: () => unknown, limitSeconds = 5): void {
    this.#steps.push({ name, limitSeconds, stop });
  }

  /** Stops everything once; further calls share the same ending. Never rejects. */
  run(log: Logger): Promise<void> {
    this.#running ??= this.#runSteps(log);
    return this.#running;
  }

  async #runSteps(log: Logger): Promise<void> {
    for (const step of this.#steps.toReversed()) {
      const timer = new AbortController();
      const late = delay(step.limitSeconds * 1000, 'late' as const, {
        signal: timer.signal,
        ref: false,
      }).catch(() => 'cancelled' as const);
      const work = Promise.resolve()
        .then(step.stop)
        .catch((error) => log.error({ err: error }, `stopping ${step.name}: ${errorText(error)}`));
      if ((await Promise.race([work, late])) === 'late') {
        log.error(`stopping ${step.name} took longer than ${step.limitSeconds} s; going on`);
      }
      timer.abort();
    }
  }
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve(signal);
      });
    }
  });
}
