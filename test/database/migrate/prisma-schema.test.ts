import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  lineDirectory,
  type MigrationLine,
  migrationLines,
} from '../../../src/database/migrate/migrations.ts';
import { createDatabases, withOwner } from '../../support/database.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly required: boolean;
}

const nativeTypes: Readonly<Record<string, string>> = {
  String: 'text',
  'String @db.Uuid': 'uuid',
  Boolean: 'bool',
  Int: 'int4',
  BigInt: 'int8',
  Float: 'float8',
  Json: 'jsonb',
  Bytes: 'bytea',
  'DateTime @db.Timestamptz(6)': 'timestamptz',
};

/** Columns and enums as a Prisma schema declares them. */
function declared(text: string): { columns: Column[]; enums: Record<string, string[]> } {
  const blocks = [...text.matchAll(/^(model|enum) (\w+) \{\n([\s\S]*?)^\}/gm)];
  const mapped = (body: string) => body.match(/@@map\("([^"]+)"\)/)?.[1] ?? '';
  const enums: Record<string, string[]> = {};
  const enumTypes: Record<string, string> = {};
  for (const [, kind, name = '', body = ''] of blocks) {
    if (kind !== 'enum') continue;
    enumTypes[name] = mapped(body);
    enums[mapped(body)] = [...body.matchAll(/^ {2}(\w+)$/gm)].map((match) => match[1] ?? '');
  }
  const columns: Column[] = [];
  for (const [, kind, , body = ''] of blocks) {
    if (kind !== 'model') continue;
    const schema = body.match(/@@schema\("([^"]+)"\)/)?.[1] ?? 'public';
    for (const line of body.split('\n')) {
      const field = /^ {2}(\w+)\s+(\w+)(\[\])?(\?)?(.*)$/.exec(line);
      if (!field) continue;
      const [, name = '', type = '', list, optional, attributes = ''] = field;
      const native = attributes.match(/@db\.\S+/)?.[0];
      const base = nativeTypes[native ? `${type} ${native}` : type] ?? enumTypes[type];
      if (base === undefined) continue;
      columns.push({
        table: `${schema}.${mapped(body)}`,
        column: attributes.match(/@map\("([^"]+)"\)/)?.[1] ?? name,
        type: list ? `_${base}` : base,
        required: optional === undefined,
      });
    }
  }
  return { columns, enums };
}

const migrated = (url: string) =>
  withOwner(url, async (client) => {
    const columns = await client.query<Column>(
      `select format('%s.%s', n.nspname, c.relname) as table, a.attname as column, t.typname as type, a.attnotnull as required
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_type t on t.oid = a.atttypid
       where n.nspname in ('public', 'auth') and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname <> '_prisma_migrations' and a.attnum > 0 and not a.attisdropped`,
    );
    const enums = await client.query<{ name: string; labels: string[] }>(
      `select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
       from pg_type t join pg_enum e on e.enumtypid = t.oid join pg_namespace n on n.oid = t.typnamespace
       where n.nspname = 'public' group by 1`,
    );
    return {
      columns: columns.rows,
      enums: Object.fromEntries(enums.rows.map((row) => [row.name, row.labels])),
    };
  });

const sorted = (columns: readonly Column[]) =>
  columns
    .map((row) => `${row.table}.${row.column} ${row.type}${row.required ? ' not null' : ''}`)
    .sort();

test.each(migrationLines)(
  'the %s Prisma schema matches the migrated database',
  async (line: MigrationLine) => {
    const databases = await createDatabases();
    const url = line === 'master' ? databases.masterUrl : databases.companyUrl;
    const wanted = declared(await readFile(`${lineDirectory(line)}schema.prisma`, 'utf8'));
    const found = await migrated(url);
    await databases.drop();
    expect(sorted(wanted.columns)).toEqual(sorted(found.columns));
    expect(wanted.enums).toEqual(found.enums);
  },
);
