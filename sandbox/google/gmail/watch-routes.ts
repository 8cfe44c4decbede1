import { z } from 'zod';
import { badArgument } from '../google-error.ts';
import { type GmailRoute, readScopes } from './gmail-route.ts';

const behavior = z.enum(['include', 'exclude', 'INCLUDE', 'EXCLUDE']);
const watchSchema = z.object({
  topicName: z.string(),
  labelIds: z.array(z.string()).default([]),
  labelFilterBehavior: behavior.optional(),
  /** The older name of the same. */
  labelFilterAction: behavior.optional(),
});

export const watchRoutes: readonly GmailRoute[] = [
  {
    method: 'POST',
    pattern: 'users/{user}/watch',
    id: 'users.watch',
    scopes: readScopes,
    query: [],
    answer({ google, account, token, view, body }) {
      const parsed = watchSchema.safeParse(body);
      if (!parsed.success || !/^projects\/[^/]+\/topics\/[^/]+$/.test(parsed.data.topicName))
        throw badArgument(`Invalid topicName does not match projects/${token.clientId}/topics/*`);
      const { topicName, labelIds, labelFilterBehavior, labelFilterAction } = parsed.data;
      const unknown = labelIds.find((label) => view.mailbox.labels.find(label) !== label);
      if (unknown !== undefined) throw badArgument(`Invalid label: ${unknown}`);
      const wanted = (labelFilterBehavior ?? labelFilterAction ?? 'include').toLowerCase();
      const { historyId } = view.mailbox;
      const expiration = google.watches.start(
        account,
        {
          clientId: token.clientId,
          topic: topicName,
          labelIds,
          behavior: wanted === 'exclude' ? 'exclude' : 'include',
        },
        historyId,
      );
      return {
        status: 200,
        json: { historyId: String(historyId), expiration: String(expiration) },
      };
    },
  },
  {
    method: 'POST',
    pattern: 'users/{user}/stop',
    id: 'users.stop',
    scopes: readScopes,
    query: [],
    answer({ google, account, token }) {
      google.watches.stop(account.sub, token.clientId);
      return { status: 204 };
    },
  },
];
