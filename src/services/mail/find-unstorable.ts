import type { CompanyDatabase } from '../../database/company.ts';
import { sqlState } from '../../database/sqlstate.ts';
import type { MessageRow } from './message-row.ts';
import { type MessageOwner, saveMessages } from './save-messages.ts';

/** True for errors that a row's content causes: data exceptions, null or check constraints, index entries too large. */
export function isRowFault(error: unknown): boolean {
  return /^(22|54|23502|23514)/.test(sqlState(error) ?? '');
}

class TrialOver extends Error {}

/**
 * Which of these rows the database refuses, found by halving: a page of 100 with one bad row takes
 * about 14 trials. Each trial is rolled back.
 */
export async function findUnstorable(
  database: CompanyDatabase,
  owner: MessageOwner,
  rows: readonly MessageRow[],
): Promise<MessageRow[]> {
  if (rows.length === 0 || (await isStorable(database, owner, rows))) return [];
  if (rows.length === 1) return [...rows];
  const half = Math.ceil(rows.length / 2);
  return [
    ...(await findUnstorable(database, owner, rows.slice(0, half))),
    ...(await findUnstorable(database, owner, rows.slice(half))),
  ];
}

async function isStorable(
  database: CompanyDatabase,
  owner: MessageOwner,
  rows: readonly MessageRow[],
): Promise<boolean> {
  const scope = { role: 'service_role', organizationId: owner.organizationId } as const;
  try {
    await database.transaction(scope, async (tx) => {
      await saveMessages(tx, owner, rows);
      throw new TrialOver();
    });
  } catch (error) {
    if (error instanceof TrialOver) return true;
    if (isRowFault(error)) return false;
    throw error;
  }
  return true;
}
