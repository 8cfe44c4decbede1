import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Publication, subscription } from '../servers/answer.ts';
import { Child } from './child.ts';
import { cpuSeconds } from './cpu.ts';
import type { Measurement, Variant } from './rounds.ts';
import { Subscribers } from './subscribers.ts';

export interface Burst {
  readonly clients: number;
  readonly events: number;
  /** How many of the events each client is told, when only the newest states are; all by default. */
  readonly told?: number;
}

export interface Server {
  readonly pid: number;
  readonly subscribers: Subscribers;
  /** Bytes of one event at one client; frames may be merged, so that many events may take fewer. */
  readonly bytesEach: number;
  publish(count: number): Promise<void>;
  /** Rejects when the server dies. */
  readonly crashed?: Promise<never>;
  stop(): Promise<void>;
}

const warmUps = 2;
const bursts = 3;

/** Measures bursts to all clients; the server is started anew for every round. */
export function burstVariant(name: string, burst: Burst, start: () => Promise<Server>): Variant {
  return {
    name,
    async measure() {
      for (let attempt = 1; ; attempt++) {
        const server = await start();
        const crashed = server.crashed ?? new Promise<never>(() => {});
        try {
          return await Promise.race([measureBursts(server, burst), crashed]);
        } catch (error) {
          process.stderr.write(`${name}: ${error instanceof Error ? error.message : error}\n`);
          if (attempt === 3) throw error;
        } finally {
          server.subscribers.close();
          await server.stop();
        }
      }
    },
  };
}

async function measureBursts(
  server: Server,
  { clients, events, told = events }: Burst,
): Promise<Measurement> {
  const { subscribers, bytesEach, pid } = server;
  const burst = () => subscribers.receive(told * bytesEach, () => server.publish(events));
  for (let warm = 0; warm < warmUps; warm++) {
    await burst();
    await subscribers.quiet();
  }
  let cpu = 0;
  let milliseconds = 0;
  const times: number[] = [];
  for (let index = 0; index < bursts; index++) {
    const before = cpuSeconds(pid);
    const received = await burst();
    await delay(100);
    cpu += cpuSeconds(pid) - before;
    milliseconds += received.at(-1) ?? 0;
    times.push(...received);
    await subscribers.quiet();
  }
  const deliveries = bursts * clients * events;
  times.sort((one, other) => one - other);
  return {
    perSecond: (deliveries / milliseconds) * 1_000,
    cpuMicroseconds: (cpu / deliveries) * 1_000_000,
    p99: times[Math.ceil(times.length * 0.99) - 1] ?? 0,
  };
}

/** A server of this folder that speaks graphql-transport-ws. */
export async function graphqlServer(
  script: string,
  clients: number,
  how: Omit<Publication, 'count'> = {},
): Promise<Server> {
  const child = await Child.start(script);
  const subscribers = await Subscribers.open(clients, {
    port: child.port,
    path: '/graphql',
    protocol: 'graphql-transport-ws',
    hello: () => [
      JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer bench' } }),
      JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query: subscription } }),
    ],
  });
  const publish = async (count: number) => void (await child.ask({ count, ...how }));
  const bytesEach = await subscribers.bytesOf(() => publish(1));
  const text = String(subscribers.sample);
  if (!/"syncProgress":\{"syncRunId":"run-\d{32}","status":"RUNNING"/.test(text)) {
    throw new Error(`${script} sent something else: ${text}`);
  }
  return {
    pid: child.pid,
    subscribers,
    bytesEach,
    publish,
    crashed: child.crashed,
    stop: () => child.stop(),
  };
}

/** Constant frames, the limit. */
export async function rawServer(clients: number): Promise<Server> {
  const child = await Child.start('raw.ts');
  const subscribers = await Subscribers.open(clients, {
    port: child.port,
    path: '/',
    hello: () => [],
  });
  const publish = async (count: number) => void (await child.ask({ count }));
  const bytesEach = await subscribers.bytesOf(() => publish(1));
  return {
    pid: child.pid,
    subscribers,
    bytesEach,
    publish,
    crashed: child.crashed,
    stop: () => child.stop(),
  };
}
