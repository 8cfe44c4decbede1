import { ThreadWalk } from '../../core/mail/thread-walk.ts';
import { weighted } from '../../core/mail/weighted.ts';
import { mix, pick, Random } from '../../core/random.ts';
import type { Mailbox } from './mailbox.ts';

export interface Share {
  /** A label's id, or null for archived mail. */
  readonly label: string | null;
  readonly weight: number;
}

export interface GenerateOptions {
  readonly count: number;
  /** Window of arrival in milliseconds since 1970, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** Time of the change in history; null: not in history. */
  readonly nowMs: number | null;
  readonly shares: readonly Share[];
}

/** Fills a mailbox: threads over the window, oldest first. */
export function generate(mailbox: Mailbox, options: GenerateOptions): void {
  const random = new Random(mix(mailbox.seed, options.seed));
  const walk = new ThreadWalk(random);
  const total = options.shares.reduce((sum, share) => sum + share.weight, 0);
  const step = (options.to - options.from) / Math.max(1, options.count);
  for (let i = 0; i < options.count; i += 1) {
    const { label } = weighted(options.shares, random.next() * total);
    const at = Math.min(options.to, Math.floor(options.from + i * step + random.next() * step));
    const place = walk.next(() => mailbox.next);
    mailbox.add(
      {
        at,
        ...place,
        labels: labelsFor(label, random),
        seed: random.bits(),
        outbound: label === 'SENT' || label === 'DRAFT',
        edits: null,
      },
      options.nowMs,
    );
  }
}

function labelsFor(label: string | null, random: Random): string[] {
  const labels = label === null ? [] : [label];
  if (label === 'SENT' || label === 'DRAFT') return labels;
  if (random.next() >= 0.82) labels.push('UNREAD');
  if (label === 'SPAM' || label === 'TRASH') return labels;
  if (label === 'INBOX')
    labels.push(
      pick(['CATEGORY_PERSONAL', 'CATEGORY_PERSONAL', 'CATEGORY_UPDATES'], random.bits()),
    );
  if (random.next() < 0.2) labels.push('IMPORTANT');
  if (random.next() < 0.03) labels.push('STARRED');
  return labels;
}
