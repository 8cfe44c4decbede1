import { SingleFlight } from '../lib/single-flight.ts';
import type { Logger } from '../log.ts';
import {
  checkHealth,
  type HealthCheck,
  type HealthReport,
} from '../services/health/check-health.ts';
import type { Routes } from './app.ts';

export interface HealthOptions {
  readonly version: string;
  /** By name: both databases, migrations, queue, storage. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Names of the checks that must pass before requests may come. */
  readonly readiness: readonly string[];
  readonly log: Logger;
}

/**
 * `GET /health`: everything; `?live`: the process answers; `?ready`: it can serve. Callers that come
 * together share one run of the checks, so that probes cannot become load.
 */
export function healthRoutes({ version, checks, readiness, log }: HealthOptions): Routes {
  const flights = new SingleFlight<HealthReport>();
  const needed = Object.fromEntries(
    Object.entries(checks).filter(([name]) => readiness.includes(name)),
  );
  return (app) => {
    app.get('/health', async (c) => {
      c.header('cache-control', 'no-store');
      const { live, ready } = c.req.query();
      if (live !== undefined) return c.json({ status: 'ok', version, checks: {} });
      const report = await flights.run(ready === undefined ? 'all' : 'ready', () =>
        checkHealth(ready === undefined ? checks : needed, log),
      );
      const body = { status: report.status, version, checks: report.checks };
      return c.json(body, report.status === 'ok' ? 200 : 503);
    });
  };
}
