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

/**
 * npm passes a terminal's Ctrl-C on to a program that has received it already, so the same key press
 * arrives twice; only a signal later than this (in milliseconds) is a second wish.
 */
const sameKeyPress = 2_000;

/** Resolves at the first SIGINT or SIGTERM; a second wish ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        askedAt ??= performance.now();
        if (performance.now() - askedAt > sameKeyPress) process.exit(130);
        resolve(signal);
      });
    }
  });
}
