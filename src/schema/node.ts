import { queryFromInfo } from '@pothos/plugin-prisma';
import { findNode } from '../resolvers/node.ts';
import { builder } from './builder.ts';

builder.queryField('node', (t) =>
  t.withAuth({ member: true }).field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'The object with that id; null when it is unknown or not visible to the caller.',
    args: {
      id: t.arg.id({ required: true, description: 'A global id, or the plain uuid.' }),
    },
    resolve: (_root, { id }, context, info) =>
      findNode(context, id, () => queryFromInfo({ context, info, typeName: 'Message' })),
  }),
);
