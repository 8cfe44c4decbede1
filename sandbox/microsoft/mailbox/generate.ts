import { ThreadWalk } from '../../core/mail/thread-walk.ts';
import { weighted } from '../../core/mail/weighted.ts';
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
  const walk = new ThreadWalk(random);
  const first = mailbox.messages.length;
  for (let i = 0; i < options.count; i += 1) {
    const { folder } = weighted(options.shares, random.next() * total);
    const at = Math.min(options.to, Math.floor(options.from + i * step + random.next() * step));
    const place = walk.next(() => {
      mailbox.threads += 1;
      return mailbox.threads;
    });
    mailbox.add(
      {
        at,
        folder: folder.number,
        seed: random.bits(),
        ...place,
        flags: flagsFor(folder, random),
        edits: null,
      },
      at,
      options.journal,
    );
  }
  return { first, last: mailbox.messages.length - 1 };
}

function flagsFor(folder: Folder, random: Random): number {
  if (folder.wellKnown === 'drafts')
    return messageFlags.draft | messageFlags.read | messageFlags.outbound;
  if (folder.wellKnown === 'sentitems') return messageFlags.read | messageFlags.outbound;
  return random.next() < 0.82 ? messageFlags.read : 0;
}
