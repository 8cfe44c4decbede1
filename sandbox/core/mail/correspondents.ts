import { mix, pick } from '../random.ts';
import { domains, firstNames, lastNames } from './words.ts';

/** A correspondent. */
export interface Person {
  readonly name: string;
  readonly address: string;
}

/** Where a message stands in its thread. */
export interface Place {
  readonly thread: number;
  readonly position: number;
}

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
export function participants(
  mailbox: { readonly seed: number },
  thread: number,
): readonly [Person, ...Person[]] {
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
export function envelope(
  mailbox: { readonly seed: number },
  owner: Person,
  message: Place,
  outbound: boolean,
): Envelope {
  const [first, ...rest] = participants(mailbox, message.thread);
  if (outbound) return { from: owner, to: [first], cc: rest };
  const from = pick([first, ...rest], message.position);
  return { from, to: [owner], cc: [first, ...rest].filter((one) => one !== from) };
}
