import { hashText, mix } from '../core/random.ts';
import { RequestError } from '../core/request-error.ts';
import { deliver } from './control/message-input.ts';
import type { Google } from './google.ts';
import { generate } from './mailbox/generate.ts';
import type { Mailbox } from './mailbox/mailbox.ts';
import type { GoogleSeed } from './seed-schema.ts';

/** Fills an empty Google side; times are relative to the sandbox's clock. */
export function applyGoogleSeed(google: Google, seed: GoogleSeed, seedNumber: number): void {
  for (const client of seed.clients) google.directory.putClient(client);
  for (const { email, name, kind, sub, mail, mailbox } of seed.accounts) {
    const hd = kind === 'workspace' ? (email.split('@')[1] ?? null) : null;
    const account = { sub: sub ?? subOf(email), email, name, hd, mail };
    google.directory.addAccount(account);
    fill(google, google.mailbox(account), mailbox, seedNumber);
  }
}

/** 21 digits, as Google's account ids have. */
function subOf(email: string): string {
  const hash = hashText(`google account ${email}`);
  const digits = [1, 2].map((salt) => String(mix(hash, salt)).padStart(10, '0')).join('');
  return `1${digits}`;
}

function fill(
  google: Google,
  mailbox: Mailbox,
  seed: GoogleSeed['accounts'][number]['mailbox'],
  seedNumber: number,
): void {
  const now = google.core.clock.now();
  for (const name of seed.labels) mailbox.labels.create(name);
  for (const [i, part] of seed.generate.entries()) {
    const shares = Object.entries(part.shares).map(([name, weight]) => ({
      label: name === 'archive' ? null : mailbox.labels.require(name),
      weight,
    }));
    if (shares.length === 0)
      throw new RequestError(
        'A "generate" entry of the seed needs at least one label in "shares".',
      );
    const from = now - Math.floor(part.days * 86_400_000);
    generate(mailbox, {
      count: part.count,
      from,
      to: now,
      seed: seedNumber + i,
      nowMs: null,
      shares,
    });
  }
  const seedOf = () => google.core.random.bits();
  deliver(mailbox, seed.messages, { nowMs: now, journalMs: null, seed: seedOf });
}
