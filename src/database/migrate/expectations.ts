import type pg from 'pg';
import { errorText } from '../../errors.ts';

/** Raises unless the statement is refused; its effects and its failure are undone. */
export async function expectRefused(
  client: pg.ClientBase,
  what: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<string> {
  await client.query('savepoint attempt');
  try {
    await client.query(text, [...values]);
  } catch (error) {
    await client.query('rollback to savepoint attempt');
    return errorText(error);
  }
  throw new Error(`${what} was accepted`);
}

/** Raises unless both are the same, compared as JSON. */
export function expectEqual(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
  }
}
