import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import ValidationPlugin from '@pothos/plugin-validation';
import type PrismaTypes from '../database/generated/pothos-types.ts';
import { getDatamodel } from '../database/generated/pothos-types.ts';
import { authScopes, refusalOf } from '../resolvers/auth-scopes.ts';
import type { MemberContext, RequestContext } from '../resolvers/context.ts';
import { invalidInput } from '../resolvers/invalid-input.ts';
import { relayTexts } from './relay-texts.ts';

export interface BuilderTypes {
  Context: RequestContext;
  PrismaTypes: PrismaTypes;
  AuthScopes: { member: boolean; admin: boolean; superAdmin: boolean };
  /** Behind each scope the member is there, so resolvers need not ask. */
  AuthContexts: { member: MemberContext; admin: MemberContext; superAdmin: MemberContext };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    BigInt: { Input: bigint; Output: bigint };
    JSON: { Input: unknown; Output: unknown };
  };
}

export type Builder = typeof builder;

/** The one schema builder; every file of this folder adds its area to it. */
export const builder = new SchemaBuilder<BuilderTypes>({
  plugins: [
    ErrorsPlugin,
    ScopeAuthPlugin,
    PrismaPlugin,
    RelayPlugin,
    DataloaderPlugin,
    ValidationPlugin,
    ComplexityPlugin,
  ],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes,
    unauthorizedError: (_parent, context) => refusalOf(context),
  },
  prisma: {
    client: (context) => context.prisma,
    dmmf: getDatamodel(),
    // A resolver that answers null for an impossible id has no use for its query.
    onUnusedQuery: null,
  },
  errors: {
    directResult: true,
    defaultUnionOptions: { description: 'What the mutation did, or a failure to show.' },
  },
  validation: { validationError: invalidInput },
  relay: relayTexts,
});
