import { entityNotFound } from '../google-error.ts';
import { systemLabels } from '../mailbox/labels.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { type GmailRoute, labelScopes, readScopes } from './gmail-route.ts';

export const labelRoutes: readonly GmailRoute[] = [
  {
    method: 'GET',
    pattern: 'users/{user}/profile',
    id: 'users.getProfile',
    scopes: readScopes,
    query: [],
    answer({ account, view: { mailbox } }) {
      const records = mailbox.index.records();
      const json = {
        emailAddress: account.email,
        messagesTotal: records.length,
        threadsTotal: new Set(records.map((record) => record.thread)).size,
        historyId: String(mailbox.historyId),
      };
      return { status: 200, json };
    },
  },
  {
    method: 'GET',
    pattern: 'users/{user}/labels',
    id: 'users.labels.list',
    scopes: labelScopes,
    query: [],
    answer: ({ view: { mailbox } }) => ({ status: 200, json: { labels: labelsJson(mailbox) } }),
  },
  {
    method: 'GET',
    pattern: 'users/{user}/labels/{label}',
    id: 'users.labels.get',
    scopes: labelScopes,
    query: [],
    answer({ view: { mailbox }, params }) {
      const label = labelsJson(mailbox).find(({ id }) => id === params['label']);
      if (label === undefined) throw entityNotFound();
      const records = mailbox.index.records().filter(({ labels }) => labels.includes(label.id));
      const unread = records.filter(({ labels }) => labels.includes('UNREAD'));
      const json = {
        ...label,
        messagesTotal: records.length,
        messagesUnread: unread.length,
        threadsTotal: new Set(records.map(({ thread }) => thread)).size,
        threadsUnread: new Set(unread.map(({ thread }) => thread)).size,
      };
      return { status: 200, json };
    },
  },
];

function labelsJson(mailbox: Mailbox) {
  return [
    ...systemLabels.map((id) => ({
      id: id as string,
      name: id as string,
      ...(id.startsWith('CATEGORY_')
        ? { messageListVisibility: 'hide', labelListVisibility: 'labelHide' }
        : {}),
      type: 'system',
    })),
    ...[...mailbox.labels.user.values()].map((label) => ({
      ...label,
      messageListVisibility: 'show',
      labelListVisibility: 'labelShow',
      type: 'user',
    })),
  ];
}
