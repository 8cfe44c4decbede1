import { Client } from 'pg';
import { errorText, LockstepError } from '../errors.ts';
import { backoffSeconds } from '../lib/backoff.ts';
import { sleep } from '../lib/sleep.ts';
import type { Logger } from '../log.ts';
import { type DrainRow, drainStatement, readDrained } from './drain.ts';
import type { FanOut } from './fan-out.ts';
import { afterGap, type Reading, readingAfter, startReading } from './reading.ts';
import { extendSequenceStatement, forgetStatement } from './upkeep.ts';

/** All in milliseconds. */
export interface ListenerTimes {
  /** Between two looks while changes flow: the window in which changes of one row become one. */
  readonly window: number;
  /** Between two looks while nothing happens, should a NOTIFY have been missed. */
  readonly idle: number;
  /** How long after a change everyone goes on looking without being notified. */
  readonly awake: number;
  /** How long the database goes on noting changes when a listener dies. */
  readonly listening: number;
  /** How long noted changes are kept at least. */
  readonly keep: number;
  /** After so long without a connection nothing is caught up: everyone reads again. */
  readonly longestGap: number;
}

export const defaultListenerTimes: ListenerTimes = {
  window: 20,
  idle: 500,
  awake: 3_000,
  listening: 30_000,
  keep: 30_000,
  longestGap: 10_000,
};

export interface ListenerOptions {
  /** A role that may act as service_role; the connection is direct, not through a transaction pooler. */
  readonly url: string;
  readonly fanOut: FanOut;
  readonly log: Logger;
  readonly times?: ListenerTimes;
  readonly random?: () => number;
}

const reconnect = { baseSeconds: 0.1, maxSeconds: 2, multiplier: 2, jitter: 0.5 };

/**
 * This process's one listening connection to a company database. It sleeps until it is notified,
 * then looks every few milliseconds until nothing has changed for a while; notifications only wake
 * it, looking is what finds changes. It reconnects for ever, catches up, and then lets every
 * subscriber read its present state again, since what was lost in between cannot be known.
 */
export class LiveListener {
  readonly #options: ListenerOptions;
  readonly #times: ListenerTimes;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #ready = Promise.withResolvers<void>();
  #wake: () => void = () => {};

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#times = options.times ?? defaultListenerTimes;
    this.#ready.promise.catch(() => {});
  }

  /** Resolves when changes committed from now on will be delivered. Starts listening at the first call. */
  ready(): Promise<void> {
    this.#running ??= this.#run();
    return this.#ready.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    this.#ready.reject(new LockstepError('UNAVAILABLE', 'The server is stopping.'));
    await this.#running;
  }

  async #run(): Promise<void> {
    let reading: Reading | null = null;
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#listen(reading, (latest) => {
          reading = latest;
          attempt = 0;
        });
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#options.log.warn({ error: errorText(error) }, 'live feed lost its connection');
        const wait = backoffSeconds(
          reconnect,
          attempt + 1,
          (this.#options.random ?? Math.random)(),
        );
        await sleep(wait * 1000, this.#stop.signal).catch(() => {});
      }
    }
  }

  async #listen(previous: Reading | null, keep: (reading: Reading) => void): Promise<void> {
    const client = new Client({
      connectionString: this.#options.url,
      application_name: 'lockstep live',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    });
    // A lost connection only wakes: the look that follows fails with the reason.
    for (const event of ['error', 'end', 'notification'] as const)
      client.on(event, () => this.#wake());
    try {
      await client.connect();
      await client.query(
        `set role service_role; set app.service_organization_id = 'all'; set statement_timeout = '10s'; listen live`,
      );
      let reading = await this.#begin(client, previous);
      keep(reading);
      this.#ready.resolve();
      while (!this.#stop.signal.aborted) {
        await this.#pause(reading);
        reading = await this.#look(client, reading);
        keep(reading);
      }
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** The first look on a new connection: a fresh start, or catching up and reading again. */
  async #begin(client: Client, previous: Reading | null): Promise<Reading> {
    await this.#extend(client, 'listening', this.#times.listening);
    const { rows } = await client.query<{ snapshot: string }>(
      'select pg_current_snapshot()::text as snapshot',
    );
    const fresh = startReading(rows[0]?.snapshot ?? '', Date.now());
    if (previous === null) return fresh;
    const from = afterGap(previous, fresh, Date.now(), this.#times.longestGap);
    const caughtUp = await this.#look(client, from);
    this.#options.fanOut.resync();
    this.#options.log.info('live feed is back; subscribers read their present state again');
    return caughtUp;
  }

  async #look(client: Client, reading: Reading): Promise<Reading> {
    const { rows } = await client.query<DrainRow>({
      name: 'live-drain',
      text: drainStatement,
      values: [reading.snapshotText],
    });
    const [row] = rows;
    if (!row) throw new LockstepError('INTERNAL_SERVER_ERROR', 'The live feed answered nothing.');
    const drained = readDrained(row);
    this.#options.fanOut.deliver(drained.events);
    const next = readingAfter(reading, drained, Date.now(), this.#times);
    if (next.readAgain) this.#options.fanOut.resync();
    if (next.extendAwake) await this.#extend(client, 'awake', this.#times.awake);
    if (next.extendListening) await this.#extend(client, 'listening', this.#times.listening);
    if (next.forget !== null) await client.query(forgetStatement, [next.forget]);
    return next.reading;
  }

  async #extend(client: Client, sequence: 'awake' | 'listening', by: number): Promise<void> {
    await client.query(extendSequenceStatement(sequence), [by]);
  }

  /** Waits for the next look: a window while changes flow, until notified or idle time is over otherwise. */
  #pause(reading: Reading): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const awake = reading.awakeUntil > Date.now();
    const timer = setTimeout(resolve, awake ? this.#times.window : this.#times.idle);
    this.#wake = awake ? () => {} : resolve;
    if (this.#stop.signal.aborted) resolve();
    return promise.finally(() => clearTimeout(timer));
  }
}
