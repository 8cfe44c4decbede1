import { z } from 'zod';
import type { Folder } from '../mailbox/folder.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { predicate } from './filter-predicate.ts';
import { findFolder, folderJson } from './folder-json.ts';
import { badQuery, GraphError } from './graph-error.ts';
import {
  type GraphAnswer,
  type GraphRoute,
  itemQuery,
  listQuery,
  mailReadScopes,
  mailWriteScopes,
  type RouteInput,
} from './graph-route.ts';
import { linkTo } from './links.ts';
import { finishPage } from './page-fault.ts';

const folderQuery = [...listQuery, 'includehiddenfolders'];
const properties = [
  'id',
  'displayName',
  'parentFolderId',
  'childFolderCount',
  'unreadItemCount',
  'totalItemCount',
  'isHidden',
];
const newFolderSchema = z.object({
  displayName: z.string().min(1).max(255),
  isHidden: z.boolean().default(false),
});

export const folderRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    pattern: 'me/mailFolders',
    scopes: mailReadScopes,
    query: folderQuery,
    answer: (input) => folderPage(input, input.request.mailbox.wellKnown('msgfolderroot')),
  },
  {
    method: 'GET',
    pattern: 'me/mailFolders/{folder}/childFolders',
    scopes: mailReadScopes,
    query: folderQuery,
    answer: (input) =>
      folderPage(input, findFolder(input.request.mailbox, input.params['folder'] ?? '')),
  },
  {
    method: 'GET',
    pattern: 'me/mailFolders/{folder}',
    scopes: mailReadScopes,
    query: [...itemQuery, 'includehiddenfolders'],
    answer({ request, params, options }) {
      const folder = findFolder(request.mailbox, params['folder'] ?? '');
      const context = `https://graph.microsoft.com/v1.0/$metadata#users('${request.account.oid}')/mailFolders/$entity`;
      return {
        status: 200,
        json: {
          '@odata.context': context,
          ...pickProperties(folderJson(request.mailbox, folder), options.select),
        },
      };
    },
  },
  ...(['me/mailFolders', 'me/mailFolders/{folder}/childFolders'] as const).map(
    (pattern): GraphRoute => ({
      method: 'POST',
      pattern,
      scopes: mailWriteScopes,
      query: [],
      answer: createFolder,
    }),
  ),
  {
    method: 'DELETE',
    pattern: 'me/mailFolders/{folder}',
    scopes: mailWriteScopes,
    query: [],
    answer({ request, params }) {
      request.mailbox.deleteFolder(findFolder(request.mailbox, params['folder'] ?? ''));
      return { status: 204, empty: true };
    },
  },
];

function createFolder({ request, params, body }: RouteInput): GraphAnswer {
  const { mailbox } = request;
  const parsed = newFolderSchema.safeParse(body);
  if (!parsed.success)
    throw new GraphError(400, 'ErrorInvalidRequest', 'The request must hold a displayName.');
  const parent =
    params['folder'] === undefined
      ? mailbox.wellKnown('msgfolderroot')
      : findFolder(mailbox, params['folder']);
  const { displayName, isHidden } = parsed.data;
  if (
    mailbox
      .children(parent.number)
      .some((child) => child.name.toLowerCase() === displayName.toLowerCase())
  ) {
    throw new GraphError(
      409,
      'ErrorFolderExists',
      'A folder with the specified name already exists.',
    );
  }
  return {
    status: 201,
    json: folderJson(
      mailbox,
      mailbox.createFolder(displayName, parent.number, isHidden ? 'hidden' : 'plain'),
    ),
  };
}

/** One level of the tree; ten folders a page unless $top says otherwise. */
function folderPage({ request, options, microsoft }: RouteInput, parent: Folder): GraphAnswer {
  const { mailbox } = request;
  const hidden = options.custom.get('includehiddenfolders')?.toLowerCase() === 'true';
  const test =
    options.filter === null ? () => true : predicate(options.filter.expression, reader(mailbox));
  const all = mailbox
    .children(parent.number)
    .filter((folder) => (hidden || folder.kind !== 'hidden') && test(folder));
  const wanted = options.top ?? request.preferences.maxPageSize ?? 10;
  const size = Math.min(wanted, microsoft.settings.current.pageSize ?? wanted);
  const from =
    request.fault?.type === 'repeat-items'
      ? Math.max(0, options.skip - request.fault.count)
      : options.skip;
  const to = request.fault?.type === 'empty-page' ? options.skip : options.skip + size;
  const expand = options.expand.some((one) => one.property === 'childFolders');
  const value = all.slice(from, to).map((folder) => ({
    ...pickProperties(folderJson(mailbox, folder), options.select),
    ...(expand
      ? { childFolders: mailbox.children(folder.number).map((child) => folderJson(mailbox, child)) }
      : {}),
  }));
  const page = {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#users('${request.account.oid}')/mailFolders`,
    ...(options.count ? { '@odata.count': all.length } : {}),
    value,
    ...(to < all.length
      ? { '@odata.nextLink': linkTo(request.url, request.url.pathname, { $skip: String(to) }) }
      : {}),
  };
  return { status: 200, json: finishPage(request, page) };
}

function reader(mailbox: Mailbox) {
  return {
    read: (folder: Folder, path: string) => folderJson(mailbox, folder)[path as 'displayName'],
    check(path: string): void {
      if (!properties.includes(path))
        throw badQuery(
          `Could not find a property named '${path}' on type 'Microsoft.OutlookServices.MailFolder'.`,
        );
    },
  };
}

function pickProperties(json: object, select: readonly string[] | null): Record<string, unknown> {
  if (select === null) return { ...json };
  const unknown = select.find((name) => !properties.includes(name));
  if (unknown !== undefined)
    throw badQuery(
      `Could not find a property named '${unknown}' on type 'Microsoft.OutlookServices.MailFolder'.`,
    );
  return Object.fromEntries(
    Object.entries(json).filter(
      ([name]) => name === 'id' || name === '@odata.type' || select.includes(name),
    ),
  );
}
