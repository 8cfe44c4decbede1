import { type Company, companyPage } from '../resolvers/companies.ts';
import { encodeNodeId } from '../resolvers/node-id.ts';
import { builder } from './builder.ts';
import { pageArgs, pageCost } from './page-args.ts';

const CompanyRef = builder.objectRef<Company>('Company').implement({
  description: 'A company of the installation, as the master database knows it.',
  fields: (t) => ({
    id: t.id({
      description: 'Its id; the uuid in it is also the id of its organisation.',
      resolve: ({ id }) => encodeNodeId('Company', id),
    }),
    name: t.exposeString('name', { description: 'The name as people write it.' }),
    slug: t.exposeString('slug', { description: 'The short name, unique.' }),
    isActive: t.exposeBoolean('isActive', { description: 'False after it was closed.' }),
    hasOwnDatabase: t.exposeBoolean('hasOwnDatabase', {
      description: 'Whether it has a database of its own instead of sharing the default one.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
  }),
});

const Companies = builder.connectionObject(
  { type: CompanyRef, name: 'QueryCompaniesConnection', description: 'Companies, by short name.' },
  { name: 'QueryCompaniesConnectionEdge', description: 'One company of the list.' },
);

builder.queryField('companies', (t) =>
  t.withAuth({ superAdmin: true }).field({
    type: Companies,
    description: 'All companies of the installation, by short name. Super administrators only.',
    args: pageArgs,
    complexity: pageCost,
    resolve: (_root, args, context) => companyPage(context, args),
  }),
);
