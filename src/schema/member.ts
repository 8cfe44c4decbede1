import { builder } from './builder.ts';
import { UserRole } from './enums.ts';

export const Member = builder.prismaNode('UserExtended', {
  name: 'Member',
  id: { field: 'id' },
  description: 'A person of an organisation.',
  select: { id: true },
  fields: (t) => ({
    email: t.exposeString('email', { description: 'The address they sign in with.' }),
    fullName: t.exposeString('fullName', {
      nullable: true,
      description: 'Their name; null when they have not given one.',
    }),
    role: t.field({
      type: UserRole,
      description: 'What they may do; for the caller, in the organisation of this request.',
      select: { id: true, profile: { select: { role: true } } },
      resolve: ({ id, profile }, _args, { member }) =>
        member?.userId === id ? member.role : (profile?.role ?? 'user'),
    }),
  }),
});
