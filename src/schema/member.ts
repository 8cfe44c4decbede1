import type { Person } from '../resolvers/members.ts';
import { encodeNodeId } from '../resolvers/node-id.ts';
import { builder } from './builder.ts';
import { UserRole } from './enums.ts';

export const Member = builder.objectRef<Person>('Member').implement({
  description: 'A person of an organisation.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      description: 'The global id. Wherever an id is asked, the plain uuid is accepted too.',
      resolve: ({ id }) => encodeNodeId('Member', id),
    }),
    email: t.exposeString('email', { description: 'The address they sign in with.' }),
    fullName: t.exposeString('fullName', {
      nullable: true,
      description: 'Their name; null when they have not given one.',
    }),
    role: t.expose('role', {
      type: UserRole,
      description: 'What they may do; for the caller, in the organisation of this request.',
    }),
  }),
});
