import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/log.ts';
import type { MailProvider, OpenMailOptions } from '../../../src/providers/contract.ts';
import type { ExchangeLimits } from '../../../src/providers/exchange.ts';
import { MicrosoftMailFactory } from '../../../src/providers/microsoft/factory.ts';
import type { MailWorld } from '../mail-contract.ts';

export const quiet = createLog({ level: 'silent', format: 'json' });

export const user = 'ana@acme.test';

const day = 86_400_000;

/** A small mailbox; the contract suite says what it must hold. */
const seed = {
  version: 1 as const,
  microsoft: {
    tenants: [{ domain: 'acme.test', name: 'Acme' }],
    clients: [{ id: 'lockstep-sandbox', name: 'Lockstep', secrets: ['secret'] }],
    accounts: [
      {
        email: user,
        name: 'Ana Almeida',
        mailbox: {
          folders: [
            { path: 'Projects' },
            { path: 'Projects/Atlas' },
            { path: 'Projects/Atlas/Deep' },
            { path: 'Hidden', hidden: true },
          ],
          generate: [
            {
              count: 300,
              days: 400,
              shares: { inbox: 5, sentitems: 2, archive: 1, 'Projects/Atlas/Deep': 1, drafts: 1 },
            },
          ],
        },
      },
      { email: 'ben@acme.test', name: 'Ben Brandt', mailbox: {} },
    ],
  },
};

export interface MicrosoftWorld extends MailWorld {
  readonly url: string;
  open(options?: Partial<OpenMailOptions>, limits?: Partial<ExchangeLimits>): MailProvider;
  fault(rule: FaultRuleInput): Promise<string>;
  /** Calls to Graph so far. */
  calls(): Promise<number>;
  readonly control: Awaited<ReturnType<typeof startSandbox>>['control'];
}

/** The sandbox with one mailbox, and our provider on it. */
export async function startMicrosoftWorld(): Promise<MicrosoftWorld> {
  const sandbox = await startSandbox({ port: 0, seed });
  const { control } = sandbox;
  const mailbox = control.microsoft.mailbox(user);
  const scopes = ['User.Read', 'Mail.Read', 'offline_access', 'openid'];
  const issued = await control.microsoft.issueTokens({ user, scopes });
  let accounts = 0;
  const open: MicrosoftWorld['open'] = (options = {}, limits = {}) => {
    accounts += 1;
    const log = quiet;
    const clock = systemClock;
    return new MicrosoftMailFactory({ graphUrl: sandbox.url, clock, log, limits }).open({
      accountKey: `account ${accounts}`,
      token: async () => issued.access_token,
      ...options,
    });
  };
  return {
    url: sandbox.url,
    control,
    address: user,
    capabilities: { folders: 'tree', movesKeepIds: true, attachmentKinds: true },
    open,
    folderNames: { inbox: 'Inbox', sent: 'Sent Items', nested: 'Projects/Atlas/Deep' },
    awayFrom: 'Projects/Atlas/Deep',
    leftOut: ['Drafts', 'Junk Email', 'Deleted Items', 'Hidden'],
    async messagesIn(path) {
      const all = await mailbox.messages(path === 'Sent Items' ? 'sentitems' : path);
      return all.map(({ id, receivedAt }) => ({ id, receivedAt: new Date(receivedAt) }));
    },
    async add(path, message) {
      const [added] = await mailbox.add(path, [message]);
      if (!added) throw new Error('The sandbox added nothing');
      return added.id;
    },
    async move(id, path) {
      await mailbox.move(id, path);
    },
    window: { from: new Date(Date.now() - 365 * day), to: new Date(Date.now() + day) },
    fault: (rule) => control.faults.add(rule),
    async calls() {
      const { counters } = await control.requests.counters();
      return counters
        .filter(({ endpoint }) => endpoint.includes('/v1.0/'))
        .reduce((sum, { requests }) => sum + requests, 0);
    },
    close: () => sandbox.close(),
  };
}
