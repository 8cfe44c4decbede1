import type { MailFolder } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { isObject } from '../json-object.ts';
import type { GmailClient } from './gmail-client.ts';

export const sentLabel = 'SENT';
export const unreadLabel = 'UNREAD';

/**
 * Gmail has labels, of which a message carries many, and one place where all of them lie. That place
 * is the one folder told to the rest of Lockstep: each message is listed once, and moving it between
 * labels during a run changes nothing about where it is found.
 */
export const allMail: MailFolder = {
  id: 'all',
  name: 'All Mail',
  path: 'All Mail',
  parentId: null,
  wellKnown: null,
  totalCount: null,
};

/** Labels that take a message out of the history, and what its folder is then. */
const leftOut = ['TRASH', 'SPAM', 'DRAFT'] as const;

/** Where a message lies: all mail, or the label that takes it out of there. */
export function folderOf(labelIds: readonly string[]): string {
  return leftOut.find((label) => labelIds.includes(label)) ?? allMail.id;
}

/** @throws ProviderError NOT_FOUND */
export function requireAllMail(folderId: string): void {
  if (folderId === allMail.id) return;
  throw new ProviderError('NOT_FOUND', 'Gmail has no such folder; its mail lies in All Mail.');
}

/** Names of labels by id; a system label's name is its id. */
export type LabelNames = ReadonlyMap<string, string>;

export async function readLabelNames(gmail: GmailClient): Promise<LabelNames> {
  const { labels } = await gmail.labels();
  return new Map(
    (Array.isArray(labels) ? labels : []).flatMap((label) => {
      const { id, name } = isObject(label) ? label : {};
      return typeof id === 'string' && typeof name === 'string' ? [[id, name] as const] : [];
    }),
  );
}
