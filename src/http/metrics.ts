import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Routes } from './app.ts';
import type { ExecutedOperation } from './graphql-http.ts';
import type { HttpAnswer } from './server.ts';

/** Asked at each scrape; one that fails leaves its figures out, and `/health` says why. */
export interface MetricsSources {
  /** Open GraphQL sockets of this process. */
  readonly sockets: () => number;
  /** Runs by state, over all company databases. */
  readonly runs: () => Promise<readonly { status: string; count: number }[]>;
  /** Waiting jobs by queue, over all company databases. */
  readonly queues: () => Promise<readonly { queue: string; waiting: number }[]>;
}

export interface Metrics {
  readonly onAnswer: (answer: HttpAnswer) => void;
  readonly onOperation: (operation: ExecutedOperation) => void;
  readonly routes: Routes;
}

/** The process's Prometheus registry and what fills it. */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'lockstep_' });
  const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
  const http = new Histogram({
    name: 'lockstep_http_request_seconds',
    help: 'Seconds from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers,
  });
  const operations = new Histogram({
    name: 'lockstep_graphql_operation_seconds',
    help: 'Seconds of authentication, checks and execution of a GraphQL operation by HTTP',
    labelNames: ['type', 'failed'],
    buckets,
    registers,
  });
  const cost = new Counter({
    name: 'lockstep_graphql_cost_total',
    help: 'Cost of all executed GraphQL operations',
    registers,
  });
  new Gauge({
    name: 'lockstep_sockets',
    help: 'Open GraphQL sockets of this process',
    registers,
    collect() {
      this.set(sources.sockets());
    },
  });
  new Gauge({
    name: 'lockstep_runs',
    help: 'Runs by state',
    labelNames: ['status'],
    registers,
    async collect() {
      this.reset();
      for (const { status, count } of await orNothing(sources.runs())) this.set({ status }, count);
    },
  });
  new Gauge({
    name: 'lockstep_queue_waiting_jobs',
    help: 'Jobs that wait for a worker',
    labelNames: ['queue'],
    registers,
    async collect() {
      this.reset();
      for (const { queue, waiting } of await orNothing(sources.queues()))
        this.set({ queue }, waiting);
    },
  });
  return {
    onAnswer: ({ method, route, status, seconds }) =>
      http.observe({ method: knownMethod(method), route, status }, seconds),
    onOperation(operation) {
      operations.observe(
        { type: operation.type, failed: String(operation.failed) },
        operation.seconds,
      );
      cost.inc(operation.cost);
    },
    routes: (app) => {
      app.get('/metrics', async (c) => {
        c.header('content-type', registry.contentType);
        return c.body(await registry.metrics());
      });
    },
  };
}

async function orNothing<T>(figures: Promise<readonly T[]>): Promise<readonly T[]> {
  return figures.catch(() => []);
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function knownMethod(method: string): string {
  return methods.includes(method) ? method : 'other';
}
