import type { MailFolder, WellKnownFolder } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { PageLoopGuard } from '../page-loop.ts';
import type { GraphClient } from './graph-client.ts';
import { pageItems, pageLink } from './page.ts';

/** Graph's own names of folders that every mailbox has (v1.0 lists folders without saying which). */
const graphNames = {
  inbox: 'inbox',
  sent: 'sentitems',
  archive: 'archive',
  drafts: 'drafts',
  junk: 'junkemail',
  deleted: 'deleteditems',
} as const satisfies Record<WellKnownFolder, string>;

/** Not part of a member's history; their child folders neither. */
const leftOut: readonly (WellKnownFolder | null)[] = ['drafts', 'junk', 'deleted'];

const select = '$select=id,displayName,parentFolderId,childFolderCount,totalItemCount,isHidden';

/** Every folder of the mailbox at any depth that takes part, parents before children. */
export async function listFolders(graph: GraphClient): Promise<MailFolder[]> {
  const wellKnown = await wellKnownIds(graph);
  const folders: MailFolder[] = [];
  // Hidden folders are listed only on request (includeHiddenFolders), so they never come.
  const waiting: { path: string; parent: MailFolder | null }[] = [
    { path: '/me/mailFolders', parent: null },
  ];
  const seen = new Set<string>();
  for (let level = waiting.shift(); level; level = waiting.shift()) {
    for (const item of await wholeList(graph, `${level.path}?$top=100&${select}`)) {
      const folder = readFolder(item, level.parent, wellKnown);
      if (!folder || seen.has(folder.id)) continue;
      seen.add(folder.id);
      folders.push(folder);
      if (item['childFolderCount'] !== 0) {
        const path = `/me/mailFolders/${encodeURIComponent(folder.id)}/childFolders`;
        waiting.push({ path, parent: folder });
      }
    }
  }
  return folders;
}

/** Id of a well-known folder; null when the mailbox has none. */
export async function wellKnownId(
  graph: GraphClient,
  name: WellKnownFolder,
): Promise<string | null> {
  try {
    const folder = await graph.get(`/me/mailFolders/${graphNames[name]}?$select=id`);
    return typeof folder['id'] === 'string' ? folder['id'] : null;
  } catch (error) {
    // Without an archive folder, for example.
    if (error instanceof ProviderError && error.failure === 'NOT_FOUND') return null;
    throw error;
  }
}

async function wellKnownIds(graph: GraphClient): Promise<Map<string, WellKnownFolder>> {
  const names = Object.keys(graphNames) as WellKnownFolder[];
  const ids = await Promise.all(names.map((name) => wellKnownId(graph, name)));
  return new Map(
    names.flatMap((name, index) => {
      const id = ids[index];
      return id ? [[id, name] as const] : [];
    }),
  );
}

async function wholeList(graph: GraphClient, path: string): Promise<JsonObject[]> {
  const loop = new PageLoopGuard();
  const items: JsonObject[] = [];
  for (let target: string | null = path; target; ) {
    const page: JsonObject = await graph.get(target);
    items.push(...pageItems(page).filter(isObject));
    const next = pageLink(page);
    if (next) loop.step(target, next);
    target = next;
  }
  return items;
}

/** Null for a folder that takes no part. */
function readFolder(
  item: JsonObject,
  parent: MailFolder | null,
  wellKnown: ReadonlyMap<string, WellKnownFolder>,
): MailFolder | null {
  const { id, displayName, totalItemCount } = item;
  if (typeof id !== 'string' || typeof displayName !== 'string') {
    throw new ProviderError(
      'PROVIDER_PROTOCOL',
      'Microsoft Graph listed a folder without id or name.',
    );
  }
  const known = wellKnown.get(id) ?? null;
  // A search folder shows messages that lie in others.
  const isSearch = item['@odata.type'] === '#microsoft.graph.mailSearchFolder';
  if (isSearch || item['isHidden'] === true || leftOut.includes(known)) return null;
  return {
    id,
    name: displayName,
    path: parent ? `${parent.path}/${displayName}` : displayName,
    parentId: parent?.id ?? null,
    wellKnown: known,
    totalCount: typeof totalItemCount === 'number' ? totalItemCount : null,
  };
}
