import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { catalogueQueries, type ObjectKind, objectKinds } from './catalogue-queries.ts';
import { lineDirectory, type MigrationLine } from './migrations.ts';

/** The objects of a database: `kind name` to definition. */
export type Catalogue = ReadonlyMap<string, string>;

/** Reads every object of ours from a database, sorted within its kind. */
export async function readCatalogue(client: pg.ClientBase): Promise<Catalogue> {
  const objects = new Map<string, string>();
  // Names are printed with their schema, whatever the connection's search path is.
  await client.query(`select set_config('search_path', 'pg_catalog', false)`);
  try {
    for (const kind of objectKinds) {
      const { rows } = await client.query<{ name: string; definition: string }>(
        `select name, definition from (${catalogueQueries[kind]}) objects order by name collate "C"`,
      );
      for (const { name, definition } of rows) objects.set(`${kind} ${name}`, definition.trim());
    }
  } finally {
    await client.query('reset search_path');
  }
  return objects;
}

const heading = '-- ==== ';

/** The catalogue as the committed file `prisma/<db>/schema.sql`. */
export function renderCatalogue(catalogue: Catalogue): string {
  const objects = [...catalogue].map(([key, definition]) => `${heading}${key}\n${definition}\n`);
  return `-- What the migrations make, read back from a migrated database by scripts/dump-schema.ts. Never edited.\n\n${objects.join('\n')}`;
}

export function parseCatalogue(text: string): Catalogue {
  const objects = text.split(`\n${heading}`).slice(1);
  return new Map(
    objects.map((object) => {
      const end = object.indexOf('\n');
      return [object.slice(0, end), object.slice(end + 1).trim()];
    }),
  );
}

/** The committed catalogue: what a fully migrated database of this line holds. */
export async function expectedCatalogue(line: MigrationLine): Promise<Catalogue> {
  return parseCatalogue(await readFile(`${lineDirectory(line)}schema.sql`, 'utf8'));
}

/** The kind at the head of a catalogue key. */
export function kindOf(key: string): ObjectKind | undefined {
  return objectKinds.find((kind) => key.startsWith(`${kind} `));
}
