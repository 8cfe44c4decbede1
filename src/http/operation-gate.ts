import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { LockstepError } from '../errors.ts';
import type { Member } from '../services/access-member.ts';
import { type CheckedDocument, createDocumentCache } from './document-cache.ts';
import { tooComplex } from './document-rules.ts';
import type { Limits } from './limits.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** An operation as a client sends it, whatever the transport. */
export interface OperationRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** Who sent it; `address` counts against the rate limit while nobody is signed in. */
export interface Caller {
  readonly member: Member | null;
  readonly address: string;
}

/** An operation that may be executed. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly cost: number;
}

/** A document that validation refused; each error is meant for the caller. */
export class InvalidDocumentError extends AggregateError {
  constructor(errors: readonly GraphQLError[]) {
    super(errors, 'The document is not valid for this schema.');
  }
}

/** The one way to an execution, for every transport: the limits cannot be forgotten by one of them. */
export interface OperationGate {
  /** Parses and validates, cached by text. @throws GraphQLError, LockstepError QUERY_TOO_COMPLEX */
  check(query: string): CheckedDocument;
  /**
   * Chooses the operation, checks its variables, its cost and the caller's right and budget.
   * @throws LockstepError, or InvalidDocumentError for wrong variables
   */
  admit(document: DocumentNode, request: OperationRequest, caller: Caller): PreparedOperation;
  /** `check` and `admit`. @throws as both, InvalidDocumentError for an invalid document */
  prepare(request: OperationRequest, caller: Caller): PreparedOperation;
}

export interface OperationGateOptions {
  readonly schema: GraphQLSchema;
  readonly limits: Limits;
  readonly rateLimiter: RateLimiter;
  /** Whether the schema may be read without signing in. */
  readonly openIntrospection: boolean;
}

export function createOperationGate(options: OperationGateOptions): OperationGate {
  const { schema, limits, rateLimiter, openIntrospection } = options;
  const documents = createDocumentCache(schema, limits);

  function admit(document: DocumentNode, request: OperationRequest, caller: Caller) {
    const operation = chosenOperation(document, request.operationName);
    if (!caller.member && !isOpen(document, operation, openIntrospection)) {
      rateLimiter.take(callerKey(caller), 1);
      throw signInFirst();
    }
    const cost = costOf(schema, document, operation, request.variables ?? {});
    if (cost > limits.cost) {
      rateLimiter.take(callerKey(caller), 1);
      throw tooComplex(`its cost, which is ${cost}`, limits.cost);
    }
    rateLimiter.take(callerKey(caller), cost);
    return { document, operation, cost };
  }

  return {
    check: (query) => documents.check(query),
    admit,
    prepare(request, caller) {
      const { document, errors } = documents.check(request.query);
      if (errors.length > 0) throw new InvalidDocumentError(errors);
      return admit(document, request, caller);
    },
  };
}

function callerKey({ member, address }: Caller): string {
  return member ? `user ${member.userId}` : `address ${address}`;
}

function chosenOperation(
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
  if (operation) return operation;
  throw new LockstepError(
    'BAD_REQUEST',
    name
      ? 'The document has no operation of the given operationName. Send the name of one it has.'
      : 'The document has no operation, or several and no operationName. Name the one to run.',
    { field: 'operationName' },
  );
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
}

/** Fields to resolve; a list counts as many times as entries were asked for. */
function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  inputs: Record<string, unknown>,
): number {
  const definitions = operation.variableDefinitions ?? [];
  const values = getVariableValues(schema, definitions, inputs, {
    maxErrors: 20,
    hideSuggestions: true,
  });
  if (values.errors) throw new InvalidDocumentError(values.errors);
  // The library prices a document's first operation, whichever is to run.
  const alone: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [operation, ...Object.values(fragmentsOf(document))],
  };
  return complexityFromQuery(alone, { schema, variables: inputs }).complexity;
}

/** Without a member only `__typename` and, where allowed, the schema itself can be read. */
function isOpen(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  openIntrospection: boolean,
): boolean {
  const fragments = fragmentsOf(document);
  const open = openIntrospection ? ['__typename', '__schema', '__type'] : ['__typename'];
  return rootFields(operation.selectionSet, fragments).every((field) => open.includes(field));
}

function signInFirst(): LockstepError {
  return new LockstepError(
    'UNAUTHENTICATED',
    'Sign in first: send the header "authorization: Bearer <token>".',
  );
}

function rootFields(
  { selections }: SelectionSetNode,
  fragments: Record<string, FragmentDefinitionNode>,
): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value;
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return inner ? rootFields(inner.selectionSet, fragments) : [];
  });
}
