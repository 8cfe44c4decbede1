import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../src/schema/index.ts';

/** Writes `src/schema/schema.graphql`; with `--check` only says whether it is up to date. */
const file = new URL('../src/schema/schema.graphql', import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

if (process.argv.includes('--check')) {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed !== printed) {
    process.stderr.write('schema.graphql is stale: run node scripts/print-schema.ts\n');
    process.exitCode = 3;
  }
} else {
  await writeFile(file, printed);
}
