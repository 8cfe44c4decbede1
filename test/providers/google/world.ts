import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/log.ts';
import type { MailProvider, OpenMailOptions } from '../../../src/providers/contract.ts';
import type { ExchangeLimits } from '../../../src/providers/exchange.ts';
import { GoogleMailFactory } from '../../../src/providers/google/factory.ts';
import type { GmailQuota } from '../../../src/providers/google/quota.ts';
import type { AddedMessage, MailWorld } from '../mail-contract.ts';

export const quiet = createLog({ level: 'silent', format: 'json' });

export const user = 'ana@acme.test';

const day = 86_400_000;

/** A small mailbox; the contract suite says what it must hold. */
const seed = {
  version: 1 as const,
  google: {
    clients: [{ id: 'lockstep-sandbox', name: 'Lockstep', secrets: ['secret'] }],
    accounts: [
      {
        email: user,
        name: 'Ana Almeida',
        mailbox: {
          labels: ['Projects/Atlas'],
          generate: [
            {
              count: 300,
              days: 400,
              shares: {
                INBOX: 5,
                SENT: 2,
                archive: 1,
                'Projects/Atlas': 1,
                DRAFT: 1,
                SPAM: 1,
                TRASH: 1,
              },
            },
          ],
        },
      },
      { email: 'ben@acme.test', name: 'Ben Brandt', mailbox: {} },
    ],
  },
};

const scopes = ['openid', 'email', 'https://www.googleapis.com/auth/gmail.readonly'];

export interface GoogleWorld extends MailWorld {
  readonly url: string;
  open(
    options?: Partial<OpenMailOptions>,
    limits?: Partial<ExchangeLimits>,
    quota?: GmailQuota,
  ): MailProvider;
  fault(rule: FaultRuleInput): Promise<string>;
  /** Calls to Gmail so far, parts of batches included. */
  calls(): Promise<number>;
  readonly control: Awaited<ReturnType<typeof startSandbox>>['control'];
}

function messageInput({ body, attachments, ...message }: AddedMessage) {
  return {
    ...message,
    ...(body ? { [body.contentType]: body.content } : {}),
    ...(attachments
      ? {
          files: attachments.map(({ kind, name, size }) => ({
            name,
            size,
            contentType: kind === 'item' ? 'message/rfc822' : 'application/pdf',
          })),
        }
      : {}),
  };
}

/** The sandbox with one mailbox, and our provider on it. */
export async function startGoogleWorld(): Promise<GoogleWorld> {
  const sandbox = await startSandbox({ port: 0, seed });
  const { control } = sandbox;
  const mailbox = control.google.mailbox(user);
  const issued = await control.google.issueTokens({ user, scopes });
  let accounts = 0;
  const open: GoogleWorld['open'] = (options = {}, limits = {}, quota = undefined) => {
    accounts += 1;
    const factory = new GoogleMailFactory({
      apiUrl: sandbox.url,
      clock: systemClock,
      log: quiet,
      limits,
      ...(quota ? { quota } : {}),
    });
    return factory.open({
      accountKey: `account ${accounts}`,
      token: async () => issued.access_token,
      ...options,
    });
  };
  return {
    url: sandbox.url,
    control,
    address: user,
    capabilities: { folders: 'one', movesKeepIds: true, attachmentKinds: true },
    open,
    folderNames: { inbox: 'All Mail', sent: 'All Mail', nested: 'All Mail' },
    awayFrom: 'TRASH',
    leftOut: ['Drafts', 'Spam', 'Trash'],
    async messagesIn() {
      const all = await mailbox.messages('in:anywhere -in:drafts -in:spam -in:trash');
      return all.map(({ id, receivedAt }) => ({ id, receivedAt: new Date(receivedAt) }));
    },
    async add(_path, message) {
      const [added] = await mailbox.deliver([messageInput(message)]);
      if (!added) throw new Error('The sandbox added nothing');
      return added.id;
    },
    async move(id, path) {
      if (path === 'TRASH') await mailbox.trash(id);
      else await mailbox.relabel(id, { add: ['Projects/Atlas'], remove: ['INBOX'] });
    },
    window: { from: new Date(Date.now() - 365 * day), to: new Date(Date.now() + day) },
    fault: (rule) => control.faults.add(rule),
    async calls() {
      const { counters } = await control.requests.counters();
      return counters
        .filter(({ endpoint }) => endpoint.includes('/gmail/v1/'))
        .reduce((sum, { requests }) => sum + requests, 0);
    },
    close: () => sandbox.close(),
  };
}
