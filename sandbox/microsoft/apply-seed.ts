import { guidOf } from '../core/random.ts';
import { RequestError } from '../core/request-error.ts';
import { editsOf, folderByName } from './control/message-input.ts';
import { personalTenant } from './directory.ts';
import { folderKind } from './mailbox/folder.ts';
import { generate } from './mailbox/generate.ts';
import type { Mailbox } from './mailbox/mailbox.ts';
import { messageFlags } from './mailbox/message-record.ts';
import type { Microsoft } from './microsoft.ts';
import type { MicrosoftSeed } from './seed-schema.ts';

/** Fills an empty Microsoft side; times are relative to the sandbox's clock. */
export function applyMicrosoftSeed(
  microsoft: Microsoft,
  seed: MicrosoftSeed,
  seedNumber: number,
): void {
  const { directory } = microsoft;
  for (const tenant of seed.tenants)
    directory.addTenant({
      id: tenant.id ?? guidOf(`tenant ${tenant.domain}`),
      name: tenant.name,
      domain: tenant.domain,
    });
  for (const client of seed.clients) directory.putClient(client);
  for (const { email, name, kind, oid, mailbox } of seed.accounts) {
    const domain = email.split('@')[1] ?? '';
    const tenant = directory.tenant(domain);
    if (kind === 'work' && tenant === undefined) {
      throw new RequestError(
        `Account ${email} is a work account, but microsoft.tenants has no tenant with domain "${domain}".`,
      );
    }
    const tenantId = kind === 'personal' || tenant === undefined ? personalTenant : tenant.id;
    const account = { oid: oid ?? guidOf(`account ${email}`), email, name, kind, tenantId };
    directory.addAccount(account);
    fill(microsoft, microsoft.mailbox(account), mailbox, seedNumber);
  }
}

function fill(
  microsoft: Microsoft,
  mailbox: Mailbox,
  seed: MicrosoftSeed['accounts'][number]['mailbox'],
  seedNumber: number,
): void {
  const now = microsoft.core.clock.seconds();
  for (const { path, ...wish } of seed.folders) {
    const steps = path.split('/');
    const parent = steps.length === 1 ? 'msgfolderroot' : steps.slice(0, -1).join('/');
    mailbox.createFolder(
      steps.at(-1) ?? path,
      folderByName(mailbox, parent).number,
      folderKind(wish),
    );
  }
  for (const [i, part] of seed.generate.entries()) {
    const shares = Object.entries(part.shares).map(([name, weight]) => ({
      folder: folderByName(mailbox, name),
      weight,
    }));
    if (shares.length === 0)
      throw new RequestError(
        'A "generate" entry of the seed needs at least one folder in "shares".',
      );
    const from = now - Math.floor(part.days * 86_400);
    generate(mailbox, {
      count: part.count,
      from,
      to: now,
      seed: seedNumber + i,
      journal: false,
      shares,
    });
  }
  for (const { folder: name, messages } of seed.messages) {
    const folder = folderByName(mailbox, name);
    for (const message of messages) {
      mailbox.threads += 1;
      const at =
        message.receivedAt === undefined ? now : Math.floor(Date.parse(message.receivedAt) / 1000);
      const flags =
        (message.isRead === true ? messageFlags.read : 0) |
        (message.isDraft === true ? messageFlags.draft : 0);
      mailbox.add(
        {
          at,
          folder: folder.number,
          seed: microsoft.core.random.bits(),
          thread: mailbox.threads,
          position: 0,
          flags,
          edits: editsOf(message),
        },
        at,
        false,
      );
    }
  }
}
