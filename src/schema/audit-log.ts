import { queryFromInfo } from '@pothos/plugin-prisma';
import { auditPage } from '../resolvers/audit-log.ts';
import { builder } from './builder.ts';
import { pageArgs, pageCost } from './page-args.ts';

const AuditEntry = builder.prismaObject('AdminAuditEntry', {
  name: 'AuditEntry',
  description: 'One entry of the append-only, hash-chained audit of what people did.',
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The entry itself; unique, no node.' }),
    sequence: t.expose('sequence', { type: 'BigInt', description: 'Its place in the chain.' }),
    actorId: t.exposeID('actorId', {
      nullable: true,
      description: 'Uuid of the person who acted; null when a program did.',
    }),
    action: t.exposeString('action', { description: 'What was done, as a stable word.' }),
    targetType: t.exposeString('targetType', {
      nullable: true,
      description: 'Of what kind the object is that it was done to.',
    }),
    targetId: t.exposeString('targetId', { nullable: true, description: 'Which object that is.' }),
    details: t.expose('details', {
      type: 'JSON',
      description: 'What else belongs to the action; an object.',
    }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'The request it came with, as the log names it.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was done.' }),
  }),
});

const AuditLog = builder.connectionObject(
  { type: AuditEntry, name: 'QueryAuditLogConnection', description: 'Entries of the audit.' },
  { name: 'QueryAuditLogConnectionEdge', description: 'One entry of the audit.' },
);

builder.queryField('auditLog', (t) =>
  t.withAuth({ admin: true }).field({
    type: AuditLog,
    description: 'What people did in the organisation, the newest first. Administrators only.',
    args: pageArgs,
    complexity: pageCost,
    resolve: (_root, args, context, info) =>
      auditPage(context, args, queryFromInfo({ context, info, path: ['edges', 'node'] })),
  }),
);
