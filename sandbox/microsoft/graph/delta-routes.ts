import { deltaPage } from './delta-page.ts';
import { findFolder } from './folder-json.ts';
import { type GraphRoute, listQuery, mailReadScopes } from './graph-route.ts';

export const deltaRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    pattern: 'me/mailFolders/{folder}/messages/delta',
    scopes: mailReadScopes,
    query: [...listQuery, '$deltatoken', 'changetype'],
    answer({ request, params, options, microsoft }) {
      const folder = findFolder(request.mailbox, params['folder'] ?? '');
      return { status: 200, json: deltaPage(request, folder, options, microsoft.settings.current) };
    },
  },
];
