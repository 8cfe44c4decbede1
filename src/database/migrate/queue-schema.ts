import { createRequire } from 'node:module';
import type pg from 'pg';
import { getConstructionPlans, getMigrationPlans } from 'pg-boss';
import { z } from 'zod';
import { LockstepError } from '../../errors.ts';

/** The schema that pg-boss keeps its jobs in, inside each company database. */
export const queueSchema = 'pgboss';

const manifest = z.object({ pgboss: z.object({ schema: z.number().int() }) });

/** The schema version that the installed pg-boss works with. */
export function queueSchemaVersion(): number {
  const require = createRequire(import.meta.url);
  return manifest.parse(require('pg-boss/package.json')).pgboss.schema;
}

/** The version found in the database; null when pg-boss was never installed there. */
export async function installedQueueVersion(client: pg.ClientBase): Promise<number | null> {
  const found = await client.query(`select to_regclass('${queueSchema}.version') as found`);
  if (found.rows[0]?.found === null) return null;
  const { rows } = await client.query<{ version: number }>(
    `select version from ${queueSchema}.version`,
  );
  return rows[0]?.version ?? null;
}

/** Creates or upgrades pg-boss's tables by its own plans, and lets services add jobs in their transactions. */
export async function installQueueSchema(client: pg.ClientBase): Promise<void> {
  const [installed, wanted] = [await installedQueueVersion(client), queueSchemaVersion()];
  if (installed !== null && installed > wanted) {
    throw new LockstepError(
      'MIGRATION',
      `The job queue has schema version ${installed}, this program works with ${wanted}. Run the newer program.`,
    );
  }
  if (installed === null) await client.query(getConstructionPlans(queueSchema));
  else if (installed < wanted) await client.query(getMigrationPlans(queueSchema, installed));
  // Queues are tables of their own, made later by the owner: default privileges cover them.
  await client.query(`
    grant usage on schema ${queueSchema} to service_role;
    grant select, insert, update, delete on all tables in schema ${queueSchema} to service_role;
    alter default privileges in schema ${queueSchema}
      grant select, insert, update, delete on tables to service_role`);
}
