import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Distinct texts that keep a name; rarer ones stay unnamed, so that a connection's memory is bounded. */
const longestMemory = 500;
const digests = new LRUCache<string, string>({ max: longestMemory });

/**
 * A name to prepare the statement under, the same for the same text. The role is part of it: a plan
 * under row security is made for one role, and would be made anew at every change of role.
 */
export function statementName(role: string, text: string): string {
  const known = digests.get(text);
  if (known !== undefined) return `${role}_${known}`;
  const digest = createHash('sha1').update(text).digest('base64url');
  digests.set(text, digest);
  return `${role}_${digest}`;
}
