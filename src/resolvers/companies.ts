import {
  type Company as ListedCompany,
  listCompanies,
} from '../services/companies/list-companies.ts';
import type { MemberContext } from './context.ts';
import { type PageArgs, readPage } from './page.ts';

export type Company = ListedCompany;

/** All companies of the installation, by slug. */
export function companyPage({ services, member }: MemberContext, args: PageArgs) {
  return readPage('companies', member, args, async ({ take, after }) => {
    const companies = await listCompanies(services.master, { take, after: after?.key ?? null });
    return companies.map((node) => ({ place: { key: node.slug, id: node.id }, node }));
  });
}
