import { readFile } from 'node:fs/promises';
import {
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly deprecationReason?: string | null | undefined;
}

const own = Object.values(schema.getTypeMap()).filter(
  ({ name }) =>
    !name.startsWith('__') && !['Boolean', 'Float', 'ID', 'Int', 'String'].includes(name),
);

/** Everything a reader of the schema meets, by its coordinate. */
function elements(type: GraphQLNamedType): [string, Described][] {
  const inner: [string, Described][] = [];
  if (isEnumType(type)) {
    inner.push(
      ...type
        .getValues()
        .map((value) => [`${type.name}.${value.name}`, value] as [string, Described]),
    );
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      inner.push([`${type.name}.${field.name}`, field]);
      for (const arg of field.args) inner.push([`${type.name}.${field.name}(${arg.name})`, arg]);
    }
  }
  if (isInputObjectType(type)) {
    inner.push(
      ...Object.values(type.getFields()).map(
        (field) => [`${type.name}.${field.name}`, field] as [string, Described],
      ),
    );
  }
  return [[type.name, type], ...inner];
}

const all = own.flatMap(elements);

describe('the schema', () => {
  it('is the printed one', async () => {
    const committed = await readFile('src/schema/schema.graphql', 'utf8');
    expect(committed).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`);
  });

  it('describes every type, field, argument and value', () => {
    const silent = all.filter(([, { description }]) => !description?.trim());
    expect(silent.map(([coordinate]) => coordinate)).toEqual([]);
    expect(all.length).toBeGreaterThan(300);
  });

  it('writes descriptions as sentences', () => {
    const loose = all.filter(([, { description }]) => !/[.!?…]$/.test(description?.trim() ?? ''));
    expect(loose.map(([coordinate]) => coordinate)).toEqual([]);
  });

  it('has nothing deprecated yet', () => {
    const old = all.filter(([, { deprecationReason }]) => deprecationReason);
    expect(old.map(([coordinate]) => coordinate)).toEqual([]);
  });

  it('names result unions after their mutations', () => {
    const unions = own.filter(({ name }) => name.startsWith('Mutation') && name.endsWith('Result'));
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
    for (const { name } of unions) {
      const mutation = fields.find(({ type }) => getNamedType(type).name === name);
      const expected =
        mutation && `Mutation${mutation.name.replace(/^./, (a) => a.toUpperCase())}Result`;
      expect(expected).toBe(name);
    }
    expect(unions.length).toBeGreaterThan(8);
  });

  it('bounds every connection by first and after', () => {
    const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ type }) =>
      getNamedType(type).name.endsWith('Connection'),
    );
    for (const list of lists) {
      expect(list.args.map(({ name }) => name)).toEqual(expect.arrayContaining(['first', 'after']));
      expect(list.extensions['complexity']).toBeTypeOf('function');
    }
    expect(lists.length).toBeGreaterThan(6);
  });
});
