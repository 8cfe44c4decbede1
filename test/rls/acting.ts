import type pg from 'pg';
import { actorSettings, type World } from './fixtures.ts';
import type { Actor } from './matrix.ts';

/** Runs the work as an actor inside a transaction that is always rolled back. */
export async function acting<T>(
  client: pg.Client,
  world: World,
  actor: Actor,
  work: () => Promise<T>,
): Promise<T> {
  const { role, setting, value } = actorSettings(world, actor);
  await client.query('begin');
  try {
    await client.query(`set local role ${role}`);
    await client.query('select set_config($1, $2, true)', [setting, value]);
    return await work();
  } finally {
    await client.query('rollback');
  }
}

/** Rows a statement reached, or `denied` when the privilege or a policy refused it. */
export async function attempt(
  client: pg.Client,
  text: string,
  values: readonly unknown[],
): Promise<number | 'denied'> {
  await client.query('savepoint attempt');
  try {
    const result = await client.query(text, [...values]);
    return result.rowCount ?? 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '42501') return 'denied';
    throw error;
  } finally {
    await client.query('rollback to savepoint attempt');
  }
}
