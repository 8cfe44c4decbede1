import type { User } from '@microsoft/microsoft-graph-types';
import { badQuery } from './graph-error.ts';
import type { GraphRoute } from './graph-route.ts';

export const meRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    pattern: 'me',
    scopes: ['User.Read'],
    query: ['$select', '$expand'],
    answer({ request, options }) {
      const { account } = request;
      const [givenName = '', ...rest] = account.name.split(' ');
      const user: User & Record<string, unknown> = {
        businessPhones: [],
        displayName: account.name,
        givenName,
        jobTitle: null,
        mail: account.email,
        mobilePhone: null,
        officeLocation: null,
        preferredLanguage: null,
        surname: rest.join(' '),
        userPrincipalName: account.email,
        id: account.oid,
      };
      const rare: Record<string, unknown> = {
        accountEnabled: true,
        userType: 'Member',
        mailNickname: account.email.split('@')[0],
        proxyAddresses: [`SMTP:${account.email}`],
      };
      const selected = options.select?.map((name) => {
        if (!(name in user) && !(name in rare))
          throw badQuery(
            `Could not find a property named '${name}' on type 'microsoft.graph.user'.`,
          );
        return [name, user[name] ?? rare[name] ?? null];
      });
      const json = selected === undefined ? user : Object.fromEntries(selected);
      return {
        status: 200,
        json: {
          '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users/$entity',
          ...json,
        },
      };
    },
  },
];
