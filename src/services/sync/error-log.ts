import type { Sql } from '../../database/sql.ts';
import { redactText } from '../../log.ts';
import type { FailureCode } from '../../providers/errors.ts';
import type { Run } from './run.ts';

/** Longer texts are a vendor's page or a payload, and neither belongs here. */
const longestMessage = 500;

export interface LoggedError {
  readonly code: FailureCode;
  readonly message: string;
  readonly details?: Record<string, unknown>;
}

/** The text as it may be stored: no secrets, one line, bounded. */
export function storableMessage(message: string): string {
  const line = redactText(message)
    .replace(/[\s\0]+/g, ' ')
    .trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}

/** Records a failure of a run for operators and its member. */
export async function logError(
  tx: Sql,
  run: Pick<Run, 'organizationId' | 'id' | 'userId'>,
  error: LoggedError,
): Promise<void> {
  await tx.query(
    `insert into sync_error_log (org_id, sync_id, user_id, code, message, details)
     values ($1, $2, $3, $4, $5, $6::jsonb)`,
    [
      run.organizationId,
      run.id,
      run.userId,
      error.code,
      storableMessage(error.message),
      redactText(JSON.stringify(error.details ?? {})),
    ],
  );
}

/** How often the run failed with this code since it was queued by hand. */
export async function countErrors(tx: Sql, run: Run, code: FailureCode): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from sync_error_log
      where org_id = $1 and sync_id = $2 and code = $3 and created_at >= $4`,
    [run.organizationId, run.id, code, run.queuedAt],
  );
  return row?.count ?? 0;
}
