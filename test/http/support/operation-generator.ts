import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type OperationTypeNode,
} from 'graphql';

/** Values that a hostile caller would try, by what they stand for. */
export interface Material {
  readonly ids: readonly string[];
  /** The type of the object behind an id, where there is one. */
  readonly types: ReadonlyMap<string, string>;
  readonly cursors: readonly string[];
  readonly texts: readonly string[];
}

/** Numbers in [0, 1) from a seed, so that a failing run can be repeated (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const deepest = 6;

/** Writes operations over the whole schema, with values of the material in every argument. */
export class OperationGenerator {
  readonly #schema: GraphQLSchema;
  readonly #material: Material;
  readonly #random: () => number;
  #id: string | null = null;

  constructor(schema: GraphQLSchema, material: Material, random: () => number) {
    this.#schema = schema;
    this.#material = material;
    this.#random = random;
  }

  /** Root fields of that kind of operation. */
  rootFields(kind: OperationTypeNode): string[] {
    return Object.keys(this.#schema.getRootType(kind)?.getFields() ?? {});
  }

  /** One operation with that root field. @param id for every id that is asked for; drawn when absent */
  operation(kind: OperationTypeNode, field: string, id?: string): string {
    this.#id = id ?? this.pick(this.#material.ids);
    const root = this.#schema.getRootType(kind);
    const definition = root?.getFields()[field];
    if (!definition) throw new Error(`there is no ${kind} ${field}`);
    const selection = this.#selection(definition.type, 1);
    return `${kind} { ${field}${this.#arguments(definition.args)}${selection} }`;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  #arguments(
    args: readonly (GraphQLArgument | GraphQLInputField)[],
    open = '(',
    close = ')',
  ): string {
    const given = args
      .filter(
        ({ name, type }) => isNonNullType(type) || this.#random() < (name === 'after' ? 0.2 : 0.5),
      )
      .map(({ name, type }) => `${name}: ${this.#value(type, name)}`);
    return given.length > 0 || open === '{' ? `${open}${given.join(', ')}${close}` : '';
  }

  #value(type: GraphQLInputType, name: string): string {
    if (isNonNullType(type)) return this.#value(type.ofType, name);
    if (isListType(type)) return `[${this.#value(type.ofType, name)}]`;
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      return this.#arguments(Object.values(type.getFields()), '{', '}');
    }
    switch (type.name) {
      case 'ID':
        return JSON.stringify(this.#id);
      case 'Int':
        return String(Math.ceil(this.#random() * 12));
      case 'Float':
        return String(this.#random() * 10);
      case 'Boolean':
        return String(this.#random() < 0.5);
      case 'DateTime':
        return JSON.stringify(new Date(2_000_000_000_000 * this.#random()).toISOString());
      default:
        return JSON.stringify(
          this.pick(name === 'after' ? this.#material.cursors : this.#material.texts),
        );
    }
  }

  /** All plain fields, and each relation with a chance that falls with the depth. */
  #selection(outputType: GraphQLOutputType, depth: number): string {
    const type = getNamedType(outputType);
    if (isUnionType(type) || type.name === 'Node') {
      // One member: fields of the same name and another type must not stand side by side.
      const members = isUnionType(type)
        ? type.getTypes()
        : this.#schema.getPossibleTypes(type as never);
      const sought = this.#material.types.get(this.#id ?? '');
      const member = members.find(({ name }) => name === sought) ?? this.pick(members);
      const failure = isUnionType(type) ? ' ... on Error { code message }' : '';
      const shown = member.getInterfaces().some(({ name }) => name === 'Error') ? '' : failure;
      return ` { __typename ... on ${member.name}${this.#selection(member, depth + 1)}${shown} }`;
    }
    if (!isObjectType(type)) return '';
    const fields = Object.values(type.getFields()).flatMap((field) => {
      const inner = getNamedType(field.type);
      const plain = !isObjectType(inner) && !isUnionType(inner);
      if (plain) return field.name;
      const wanted = /Edge$|Connection$/.test(inner.name) || this.#random() < 0.9 - depth / deepest;
      if (!wanted || (depth >= deepest && !/Mailbox|Attachment|PageInfo/.test(inner.name)))
        return [];
      return `${field.name}${this.#arguments(field.args)}${this.#selection(field.type, depth + 1)}`;
    });
    return ` { ${[...new Set(['__typename', ...fields])].join(' ')} }`;
  }
}
