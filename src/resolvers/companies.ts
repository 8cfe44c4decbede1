import {
  type Company as ListedCompany,
  listCompanies,
} from '../services/companies/list-companies.ts';
import type { MemberContext } from './context.ts';
import { type PageArgs, readPage } from './page.ts';

export type Company = ListedCompany;

/** All companies of the installation, by slug. */
export function companyPage({ services }: MemberContext, args: PageArgs) {
  return readPage(
    'companies',
    args,
    ({ take, cursor }) => listCompanies(services.master, { take, from: cursor?.id ?? null }),
    // A company keeps its place in the list of all companies: there is no other reason to look.
    async () => false,
  );
}
