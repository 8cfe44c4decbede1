import type { Core } from '../core/core.ts';
import type { SigningKey } from '../core/oauth/signing-key.ts';
import { guidOf, hashText } from '../core/random.ts';
import { Settings } from '../core/settings.ts';
import type { StatePart } from '../core/state-part.ts';
import { type Account, Directory } from './directory.ts';
import { Grants } from './entra/grants.ts';
import { ThrottleGate } from './graph/throttle.ts';
import { Mailbox } from './mailbox/mailbox.ts';
import { loadMailbox, type MailboxSnapshot, saveMailbox } from './mailbox/mailbox-snapshot.ts';
import { microsoftDefaults, microsoftSettingsSchema } from './settings.ts';

/** Everything the Microsoft side knows. */
export class Microsoft {
  readonly core: Core;
  readonly directory = new Directory();
  readonly grants = new Grants();
  readonly signingKey: SigningKey;
  readonly settings = new Settings('microsoft', microsoftSettingsSchema, microsoftDefaults);
  readonly throttle: ThrottleGate;
  /** The sandbox's own origin, known once it listens. */
  readonly url: () => string;
  readonly #mailboxes = new Map<string, Mailbox>();

  constructor(core: Core, signingKey: SigningKey, url: () => string) {
    this.core = core;
    this.signingKey = signingKey;
    this.url = url;
    this.throttle = new ThrottleGate(core.clock);
  }

  /** The account's mailbox; made when it is first needed. */
  mailbox(account: Account): Mailbox {
    const found = this.#mailboxes.get(account.oid);
    if (found !== undefined) return found;
    const mailbox = Mailbox.create(account.oid, hashText(account.email.toLowerCase()));
    this.#mailboxes.set(account.oid, mailbox);
    return mailbox;
  }

  issuer(tenantId: string): string {
    const origin =
      this.settings.current.issuerOrigin === 'own'
        ? this.url()
        : 'https://login.microsoftonline.com';
    return `${origin}/${tenantId}/v2.0`;
  }

  /** `sub` of a person for one application. */
  pairwiseSubject(oid: string, clientId: string): string {
    return Buffer.from(guidOf(`${oid} ${clientId}`) + guidOf(`${clientId} ${oid}`))
      .toString('base64url')
      .slice(0, 43);
  }

  /** Back to nothing: no accounts, no mail, no grants. The signing key stays. */
  clear(): void {
    this.directory.load({ tenants: [], accounts: [], clients: [] });
    this.grants.load({ codes: [], grants: [], refreshTokens: [], accessTokens: [], consents: [] });
    this.settings.reset();
    this.throttle.clear();
    this.#mailboxes.clear();
  }

  parts(): StatePart[] {
    return [
      this.settings,
      this.signingKey,
      this.directory,
      this.grants,
      {
        name: 'microsoft.mailboxes',
        save: () => [...this.#mailboxes.values()].map(saveMailbox),
        load: (state) => {
          this.throttle.clear();
          this.#mailboxes.clear();
          for (const snapshot of state as MailboxSnapshot[])
            this.#mailboxes.set(snapshot.oid, loadMailbox(snapshot));
        },
      },
    ];
  }
}
