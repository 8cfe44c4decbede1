import { createHash } from 'node:crypto';
import { GraphError } from './graph-error.ts';

/** All that a delta round needs to go on; it travels inside the links, so that the sandbox keeps nothing. */
export interface DeltaState {
  readonly oid: string;
  readonly folder: number;
  readonly generation: number;
  /** "all": the first enumeration, by arrival. "changes": what the journal says. */
  readonly phase: 'all' | 'changes';
  /** Journal window (from, end] of a round of changes; `end` is also where the next round begins. */
  readonly from: number;
  readonly end: number;
  /** "all": the last message given. */
  readonly key: readonly [at: number, n: number] | null;
  readonly given: number;
  /** "changes": the last journal entry given. */
  readonly cursor: number;
  readonly first: number | null;
  readonly select: readonly string[] | null;
  readonly expand: boolean;
  readonly changeTypes: readonly string[] | null;
  readonly top: number | null;
  /** Makes a link differ from the one before, after an empty page. */
  readonly salt: number;
}

export function writeDeltaToken(state: DeltaState): string {
  const text = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `${text}.${sum(text)}`;
}

export function readDeltaToken(token: string): DeltaState {
  const [text = '', check] = token.split('.');
  if (check !== sum(text))
    throw new GraphError(400, 'InvalidDeltaToken', 'The delta token is not valid.');
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as DeltaState;
}

function sum(text: string): string {
  return createHash('sha256').update(`delta ${text}`).digest('base64url').slice(0, 12);
}
