import type { CompanyDatabase } from '../../database/company.ts';
import type { Scope } from '../../database/scope.ts';
import { LockstepError } from '../../errors.ts';
import { parseSnapshot, type Snapshot } from '../../events/snapshot.ts';

/** Rows and the snapshot under which they were read, from one statement: then they belong together. */
export async function readPresent<R>(
  database: Pick<CompanyDatabase, 'query'>,
  scope: Scope,
  select: string,
  values: readonly unknown[],
): Promise<{ rows: R[]; snapshot: Snapshot }> {
  const [answer] = await database.query<{ snapshot: string; rows: R[] }>(
    scope,
    `select pg_current_snapshot()::text as snapshot,
            coalesce((select json_agg(r) from (${select}) r), '[]'::json) as rows`,
    values,
  );
  if (!answer) {
    throw new LockstepError(
      'INTERNAL_SERVER_ERROR',
      'A reading of the present state answered nothing.',
    );
  }
  return { rows: answer.rows, snapshot: parseSnapshot(answer.snapshot) };
}
