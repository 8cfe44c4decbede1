import { type Authorization, connect, disconnect } from '../resolvers/connect.ts';
import { ConnectionRefusedError } from '../resolvers/shown-errors.ts';
import { builder } from './builder.ts';
import { Connection } from './connections.ts';
import { ConnectableProvider } from './enums.ts';

const AuthorizationRef = builder.objectRef<Authorization>('Authorization').implement({
  description:
    'A consent that has been prepared. The answer sets a cookie that the end of the consent needs, so the same browser must open the address.',
  fields: (t) => ({
    authorizationUrl: t.exposeString('authorizationUrl', {
      description: "The provider's consent page, to be opened by the browser that asked.",
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Until when the consent can be given.',
    }),
  }),
});

const ConnectProviderInput = builder.inputType('ConnectProviderInput', {
  description: 'What to connect.',
  fields: (t) => ({
    provider: t.field({
      type: ConnectableProvider,
      required: true,
      description: 'What the account is connected for.',
    }),
    returnPath: t.string({
      description: 'Page of the web client to come back to, beginning with one slash.',
    }),
  }),
});

const DisconnectProviderInput = builder.inputType('DisconnectProviderInput', {
  description: 'Which account to disconnect.',
  fields: (t) => ({
    id: t.id({ required: true, description: "Id of one of the caller's connections." }),
    keepMessages: t.boolean({
      defaultValue: true,
      description: 'False: the messages read through it are deleted too.',
    }),
  }),
});

const Disconnected = builder
  .objectRef<{ connectionId: string; deletedMessages: number; tokensForgotten: boolean }>(
    'ProviderDisconnected',
  )
  .implement({
    description: 'An account has been disconnected. Its one-time sync stays used.',
    fields: (t) => ({
      connection: t.withAuth({ member: true }).prismaField({
        type: Connection,
        description: 'The connection as it is now.',
        resolve: (query, { connectionId }, _args, { prisma }) =>
          prisma.connection.findUniqueOrThrow({ ...query, where: { id: connectionId } }),
      }),
      deletedMessages: t.exposeInt('deletedMessages', {
        description: 'How many messages were deleted; 0 when they are kept.',
      }),
      tokensForgotten: t.exposeBoolean('tokensForgotten', {
        description: "Whether the account's tokens were forgotten: nothing else used them.",
      }),
    }),
  });

builder.mutationFields((t) => ({
  connectProvider: t.withAuth({ member: true }).field({
    type: AuthorizationRef,
    description: "Prepares the consent that connects one of the caller's accounts. By HTTP only.",
    args: {
      input: t.arg({ type: ConnectProviderInput, required: true, description: 'What to connect.' }),
    },
    errors: { types: [ConnectionRefusedError] },
    resolve: (_root, { input }, context) => connect(context, input),
  }),
  disconnectProvider: t.withAuth({ member: true }).field({
    type: Disconnected,
    description: "Disconnects one of the caller's accounts, ends its runs and forgets its tokens.",
    args: {
      input: t.arg({
        type: DisconnectProviderInput,
        required: true,
        description: 'What to disconnect.',
      }),
    },
    errors: { types: [ConnectionRefusedError] },
    resolve: (_root, { input }, context) => disconnect(context, input),
  }),
}));
