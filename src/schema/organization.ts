import { builder } from './builder.ts';

export const Organization = builder.prismaNode('Organization', {
  id: { field: 'id' },
  description: 'A company that uses the product.',
  select: { id: true },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name as people write it.' }),
    slug: t.exposeString('slug', { description: 'The short name in addresses, unique.' }),
  }),
});
