import { mix, Random } from '../../core/random.ts';
import type { Folder } from './folder.ts';
import type { Mailbox } from './mailbox.ts';
import { messageFlags } from './message-record.ts';

export interface Share {
  readonly folder: Folder;
  readonly weight: number;
}

export interface GenerateOptions {
  readonly count: number;
  /** Window of arrival in seconds since 1970, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** Whether delta queries see the messages as new. */
  readonly journal: boolean;
  readonly shares: readonly Share[];
}

/** Fills a mailbox: threads over the window, oldest first. Returns the numbers of the first and last message. */
export function generate(
  mailbox: Mailbox,
  options: GenerateOptions,
): { first: number; last: number } {
  const random = new Random(mix(mailbox.seed, options.seed));
  const total = options.shares.reduce((sum, share) => sum + share.weight, 0);
  const step = (options.to - options.from) / Math.max(1, options.count);
  const open: { thread: number; length: number }[] = [];
  const first = mailbox.messages.length;
  for (let i = 0; i < options.count; i += 1) {
    const folder = pickShare(options.shares, random.next() * total);
    const at = Math.min(options.to, Math.floor(options.from + i * step + random.next() * step));
    let thread = open[random.below(Math.max(1, open.length))];
    if (thread === undefined || thread.length > 12 || random.next() < 0.45) {
      mailbox.threads += 1;
      thread = { thread: mailbox.threads, length: 0 };
      open[open.length < 12 ? open.length : random.below(12)] = thread;
    }
    mailbox.add(
      {
        at,
        folder: folder.number,
        seed: random.bits(),
        thread: thread.thread,
        position: thread.length,
        flags: flagsFor(folder, random),
        edits: null,
      },
      at,
      options.journal,
    );
    thread.length += 1;
  }
  return { first, last: mailbox.messages.length - 1 };
}

function pickShare(shares: readonly Share[], point: number): Folder {
  let rest = point;
  for (const share of shares) {
    rest -= share.weight;
    if (rest < 0) return share.folder;
  }
  const last = shares.at(-1);
  if (last === undefined) throw new Error('There is no folder to generate messages in.');
  return last.folder;
}

function flagsFor(folder: Folder, random: Random): number {
  if (folder.wellKnown === 'drafts')
    return messageFlags.draft | messageFlags.read | messageFlags.outbound;
  if (folder.wellKnown === 'sentitems') return messageFlags.read | messageFlags.outbound;
  return random.next() < 0.82 ? messageFlags.read : 0;
}
