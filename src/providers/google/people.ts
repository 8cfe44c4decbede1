import { type Address, addressParser, decodeWords } from 'postal-mime';
import { cleanText } from '../clean-text.ts';
import type { MailAddress } from '../contract.ts';
import { messageLimits } from '../message-limits.ts';
import { headerValues, type Part } from './payload.ts';

/** Longest list of addresses that is read, in characters: about 4,000 people. */
const longestList = 200_000;

/** The people a header names, groups dissolved; a header may stand several times. */
export function people(root: Part, name: string, notes: string[]): MailAddress[] {
  const values = headerValues(root, name);
  let rest = longestList;
  return values.flatMap((value) => {
    if (value.length > rest) notes.push(`${name}: cut to ${longestList} characters`);
    const read = value.slice(0, rest);
    rest -= read.length;
    return flat(addressParser(unfolded(read))).map((one) => person(one, name, notes));
  });
}

function flat(addresses: readonly Address[]): { name: string; address: string }[] {
  return addresses
    .flatMap((one) => one.group ?? [one])
    .map(({ name, address }) => ({ name: name ?? '', address: address ?? '' }))
    .filter(({ name, address }) => name !== '' || address !== '');
}

function person(
  one: { name: string; address: string },
  header: string,
  notes: string[],
): MailAddress {
  const address = cleanText(one.address, `${header}.address`, messageLimits.name);
  const name = cleanText(one.name, `${header}.name`, messageLimits.name);
  notes.push(...address.notes, ...name.notes);
  return { address: address.text || null, name: name.text || null };
}

/** A header's text with its encoded words read (RFC 2047); null when the message lacks it. */
export function headerText(root: Part, name: string, limit: number, notes: string[]) {
  const value = headerValues(root, name)[0];
  if (value === undefined) return null;
  const clean = cleanText(decodeWords(unfolded(value)), name, limit);
  notes.push(...clean.notes);
  return clean.text;
}

/** RFC 5322 2.2.3: a line break before white space is part of the format, not of the value. */
function unfolded(value: string): string {
  return value.replace(/\r?\n(?=[ \t])/g, '').trim();
}
