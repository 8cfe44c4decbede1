import type { CompanyDatabase } from '../database/company.ts';
import type { CompanyDatabases } from '../database/company-databases.ts';
import type { MetricsSources } from '../http/metrics.ts';

const everyOrganization = { role: 'service_role', organizationId: 'all' } as const;

/** Figures about runs and jobs of all company databases, read at each scrape. */
export function workFigures(companies: CompanyDatabases): Pick<MetricsSources, 'runs' | 'queues'> {
  const everywhere = async <R>(text: string): Promise<R[]> => {
    const read = (database: CompanyDatabase) => database.query<R>(everyOrganization, text);
    return (await Promise.all((await companies.all()).map(read))).flat();
  };
  return {
    runs: async () =>
      summed(
        await everywhere<{ status: string; count: number }>(
          'select status::text as status, count(*)::int as count from sync_job_queue group by 1',
        ),
        'status',
        'count',
      ),
    queues: async () =>
      summed(
        await everywhere<{ queue: string; waiting: number }>(
          `select name as queue, count(*)::int as waiting from pgboss.job
            where state < 'active' group by 1`,
        ),
        'queue',
        'waiting',
      ),
  };
}

/** One row per name: the same state occurs in several databases. */
function summed<N extends string, C extends string>(
  rows: readonly (Record<N, string> & Record<C, number>)[],
  name: N,
  count: C,
): (Record<N, string> & Record<C, number>)[] {
  const byName = new Map<string, Record<N, string> & Record<C, number>>();
  for (const row of rows) {
    const known = byName.get(row[name]);
    byName.set(row[name], known ? { ...row, [count]: known[count] + row[count] } : row);
  }
  return [...byName.values()];
}
