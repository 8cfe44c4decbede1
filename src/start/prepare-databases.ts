import type { Config } from '../config.ts';
import { migrateUp } from '../database/migrate/up.ts';
import { seedDemo } from '../database/seed/demo.ts';
import type { Logger } from '../log.ts';
import type { Foundation } from './foundation.ts';

/**
 * Brings every database to this version; embedded ones get the demo organisations.
 * @returns whether the demo is there
 */
export async function prepareDatabases(
  config: Config,
  { urls, companies }: Foundation,
  log: Logger,
): Promise<boolean> {
  for (const name of await migrateUp(urls.master, 'master')) log.debug({ name }, 'migrated');
  for (const name of await migrateUp(urls.company, 'company')) log.debug({ name }, 'migrated');
  for (const database of await companies.all()) await migrateUp(database.url, 'company');
  const demo = urls.embedded && !config.production;
  if (demo) await seedDemo(urls);
  return demo;
}
