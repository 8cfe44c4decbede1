import { setTimeout as delay } from 'node:timers/promises';

/** Tells the measuring process where this server listens. */
export function ready(port: number): void {
  process.send?.({ port });
  // A measuring process that is cut off must not leave servers behind.
  process.once('disconnect', () => process.exit());
}

export interface Publication {
  readonly count: number;
  /** All within ten milliseconds, instead of one after the other. */
  readonly together?: boolean;
  /** All of one run: only its newest state is worth telling. */
  readonly oneRun?: boolean;
  /** The first row reaches its final state. */
  readonly finish?: boolean;
}

/** Does what the measuring process asks for, and says when it is done. */
export function onPublish(publish: (publication: Publication) => Promise<void>): void {
  process.on('message', (message) => {
    void publish(message as Publication).then(() => process.send?.({ done: true }));
  });
}

/** Calls for each of so many events, spread over ten milliseconds. */
export async function within10Milliseconds(count: number, publish: (number: number) => void) {
  for (let step = 0; step < 10; step++) {
    for (let number = step; number < count; number += 10) publish(number);
    await delay(1);
  }
}

/** One progress event, of the same width whatever its number. */
export function progressOf(number: number) {
  return {
    syncRunId: `run-${String(number).padStart(32, '0')}`,
    status: 'RUNNING',
    entityType: 'message',
    sourceSystem: 'outlook',
    processedCount: 1_000 + (number % 1_000),
    failedCount: 0,
    totalItems: 50_000,
  };
}

export const subscription =
  'subscription { syncProgress { syncRunId status entityType sourceSystem processedCount failedCount totalItems } }';

export const typeDefs = `
  type Query { ok: Boolean }
  type SyncProgress { syncRunId: ID! status: String! entityType: String! sourceSystem: String! processedCount: Int! failedCount: Int! totalItems: Int }
  type Subscription { syncProgress: SyncProgress! }`;
