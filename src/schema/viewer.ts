import { ownConnections } from '../resolvers/connections.ts';
import type { MemberContext } from '../resolvers/context.ts';
import { ownPerson } from '../resolvers/members.ts';
import { unreadNotifications } from '../resolvers/notifications.ts';
import { builder } from './builder.ts';
import { Connection } from './connections.ts';
import { Member } from './member.ts';
import { Organization } from './organization.ts';

/** The viewer has nothing of its own: everything comes from the request. */
const Viewer = builder.objectRef<MemberContext['member']>('Viewer').implement({
  description: 'The caller: who they are, where they work and what they have connected.',
  fields: (t) => ({
    member: t.withAuth({ member: true }).field({
      type: Member,
      description: 'The caller as a person.',
      resolve: (_viewer, _args, context) => ownPerson(context),
    }),
    organization: t.withAuth({ member: true }).prismaField({
      type: Organization,
      description: 'The organisation of this request: the home one, or that of x-organization-id.',
      resolve: (query, viewer, _args, { prisma }) =>
        prisma.organization.findUniqueOrThrow({ ...query, where: { id: viewer.organizationId } }),
    }),
    connections: t.withAuth({ member: true }).prismaField({
      type: [Connection],
      description: "The caller's own mail accounts in this organisation; at most one per provider.",
      complexity: { field: 1, multiplier: 2 },
      resolve: (query, _viewer, _args, context) => ownConnections(context, query),
    }),
    unreadNotifications: t.withAuth({ member: true }).int({
      description: 'How many of their notifications they have not read.',
      resolve: (_viewer, _args, context) => unreadNotifications(context),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.withAuth({ member: true }).field({
    type: Viewer,
    description: 'The caller.',
    resolve: (_root, _args, { member }) => member,
  }),
);
