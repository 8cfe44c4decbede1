import type { Core } from '../core/core.ts';
import type { SigningKey } from '../core/oauth/signing-key.ts';
import { hashText } from '../core/random.ts';
import { Settings } from '../core/settings.ts';
import type { StatePart } from '../core/state-part.ts';
import { type Account, Directory } from './directory.ts';
import { QuotaGate } from './gmail/quota.ts';
import { Mailbox } from './mailbox/mailbox.ts';
import { loadMailbox, type MailboxSnapshot, saveMailbox } from './mailbox/mailbox-snapshot.ts';
import type { View } from './mailbox/message-text.ts';
import { Grants } from './oauth/grants.ts';
import { PubSub } from './pubsub/pub-sub.ts';
import { Watches } from './pubsub/watches.ts';
import { googleDefaults, googleSettingsSchema } from './settings.ts';

/** Everything the Google side knows. */
export class Google {
  readonly core: Core;
  readonly directory = new Directory();
  readonly grants = new Grants();
  readonly signingKey: SigningKey;
  readonly settings = new Settings('google', googleSettingsSchema, googleDefaults);
  readonly quota: QuotaGate;
  readonly watches: Watches;
  readonly pubSub: PubSub;
  /** The sandbox's own origin, known once it listens. */
  readonly url: () => string;
  readonly #mailboxes = new Map<string, Mailbox>();

  constructor(core: Core, signingKey: SigningKey, url: () => string) {
    this.core = core;
    this.signingKey = signingKey;
    this.url = url;
    this.quota = new QuotaGate(core.clock);
    this.pubSub = new PubSub(core, signingKey, this.settings, () => this.issuer());
    this.watches = new Watches(core.clock, this.settings, this.pubSub);
  }

  /** The account's mailbox; made when it is first needed. */
  mailbox(account: Account): Mailbox {
    const found = this.#mailboxes.get(account.sub);
    if (found !== undefined) return found;
    return this.#keep(new Mailbox(account.sub, hashText(`google ${account.email.toLowerCase()}`)));
  }

  view(account: Account): View {
    return {
      mailbox: this.mailbox(account),
      owner: { name: account.name, address: account.email },
    };
  }

  issuer(): string {
    switch (this.settings.current.issuer) {
      case 'own':
        return this.url();
      case 'real':
        return 'https://accounts.google.com';
      case 'bare':
        return 'accounts.google.com';
    }
  }

  /** Back to nothing: no accounts, no mail, no grants. The signing key stays. */
  clear(): void {
    this.directory.load({ accounts: [], clients: [] });
    this.grants.clear();
    this.settings.reset();
    this.quota.clear();
    this.watches.load([]);
    this.pubSub.clear();
    this.#mailboxes.clear();
  }

  parts(): StatePart[] {
    return [
      this.settings,
      this.signingKey,
      this.directory,
      this.grants,
      this.watches,
      this.pubSub,
      {
        name: 'google.mailboxes',
        save: () => [...this.#mailboxes.values()].map(saveMailbox),
        load: (state) => {
          this.quota.clear();
          this.#mailboxes.clear();
          for (const snapshot of state as MailboxSnapshot[]) this.#keep(loadMailbox(snapshot));
        },
      },
    ];
  }

  #keep(mailbox: Mailbox): Mailbox {
    this.#mailboxes.set(mailbox.sub, mailbox);
    mailbox.onChange = (labels) => {
      const account = this.directory.account(mailbox.sub);
      if (account !== undefined) this.watches.changed(account, mailbox.historyId, labels);
    };
    return mailbox;
  }
}
