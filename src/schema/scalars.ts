import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { parseDateTime } from '../lib/date-time.ts';
import { builder } from './builder.ts';

function refuse(what: string): never {
  throw new GraphQLError(what);
}

builder.scalarType('DateTime', {
  description:
    'A moment in time by RFC 3339, with a time zone offset: `2026-05-01T12:00:00Z`. Answers are in UTC with milliseconds.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) =>
    (typeof value === 'string' && parseDateTime(value)) ||
    refuse('Expected an existing moment by RFC 3339 with an offset, as in 2026-05-01T12:00:00Z.'),
});

const largest = 2n ** 63n - 1n;

builder.scalarType('BigInt', {
  description:
    'A whole number of 64 bits as decimal digits in a string, because JSON numbers lose digits above 2^53.',
  serialize: (value) => value.toString(),
  parseValue: (value) => {
    const digits = typeof value === 'string' || Number.isSafeInteger(value) ? String(value) : '';
    const number = /^-?\d{1,19}$/.test(digits) ? BigInt(digits) : null;
    if (number === null || number > largest || number < -largest - 1n) {
      refuse('Expected a whole number of at most 64 bits, as decimal digits.');
    }
    return number;
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value; its shape is described where it is used.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => jsonOf(node, variables ?? {}),
});

function jsonOf(node: ValueNode, variables: Record<string, unknown>): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.BOOLEAN:
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
    case Kind.VARIABLE:
      return variables[node.name.value];
    case Kind.LIST:
      return node.values.map((value) => jsonOf(value, variables));
    case Kind.OBJECT:
      // No prototype: a field called __proto__ is data like any other.
      return Object.assign(
        Object.create(null),
        Object.fromEntries(
          node.fields.map((field) => [field.name.value, jsonOf(field.value, variables)]),
        ),
      );
  }
}
