import { mix, pick } from '../../core/random.ts';
import type { Mailbox } from './mailbox.ts';
import { type MessageRecord, messageFlags, type Person } from './message-record.ts';
import { domains, firstNames, lastNames } from './words.ts';

/** People once made; a mailbox knows some 60. */
const known = new Map<number, Person>();

/** A made-up person; the same number gives the same person. */
export function person(number: number): Person {
  const found = known.get(number);
  if (found !== undefined) return found;
  const made = makePerson(number);
  known.set(number, made);
  return made;
}

function makePerson(number: number): Person {
  const first = pick(firstNames, mix(number, 1));
  const last = pick(lastNames, mix(number, 2));
  const local = `${first}.${last}`
    .normalize('NFD')
    .replaceAll(/[^\w.]/g, '')
    .toLowerCase();
  return { name: `${first} ${last}`, address: `${local}@${pick(domains, mix(number, 3))}` };
}

/** The two to four others of a thread, out of some 60 people whom a mailbox knows. */
export function participants(mailbox: Mailbox, thread: number): readonly [Person, ...Person[]] {
  const hash = mix(mailbox.seed, thread);
  const others = Array.from({ length: hash % 3 }, (_, i) =>
    person(mix(mailbox.seed, mix(hash, i + 10) % 60)),
  );
  return [person(mix(mailbox.seed, hash % 60)), ...others];
}

export interface Envelope {
  readonly from: Person;
  readonly to: readonly Person[];
  readonly cc: readonly Person[];
}

/** Who wrote a generated message to whom. */
export function envelope(mailbox: Mailbox, owner: Person, record: MessageRecord): Envelope {
  const [first, ...rest] = participants(mailbox, record.thread);
  if ((record.flags & messageFlags.outbound) !== 0) return { from: owner, to: [first], cc: rest };
  const from = pick([first, ...rest], record.position);
  return { from, to: [owner], cc: [first, ...rest].filter((one) => one !== from) };
}
