import { ProviderError } from '../errors.ts';
import type { Answer } from '../exchange.ts';
import type { JsonObject } from '../json-object.ts';
import { readBatch, writeBatch } from './batch-format.ts';
import {
  type GoogleFault,
  googleError,
  googleFailure,
  isDailyLimit,
  isScopeMissing,
  readFault,
} from './errors.ts';
import { googleOrigins } from './google-origins.ts';
import { jsonAnswer } from './json-answer.ts';
import { type GoogleTransport, isThrottle } from './transport.ts';

export type FetchedPart =
  | { readonly kind: 'message'; readonly body: JsonObject }
  /** Deleted since it was listed. */
  | { readonly kind: 'gone' }
  /** It alone cannot be read; `reason` holds no private text. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface FetchMessagesParts {
  readonly transport: GoogleTransport;
  readonly origin: string | null;
  readonly now: () => Date;
}

/** Google takes 100 calls a batch and advises 50. */
export const batchSize = 50;
/** Rounds without any progress before the failure is the caller's. */
const mostIdleRounds = 6;
/** A part that fails by itself so often is left to be fetched alone. */
const mostFailures = 2;

/**
 * Messages in full, by one request of at most 50 calls. Parts that were throttled or failed are asked
 * for again, and only those. The outcome has the order of `ids`.
 * @throws ProviderError when the whole request fails, or all of its parts do
 */
export async function fetchMessages(
  parts: FetchMessagesParts,
  ids: readonly string[],
): Promise<FetchedPart[]> {
  const done = new Map<string, FetchedPart>();
  const failures = new Map<string, number>();
  let lastError: ProviderError | null = null;
  let throttles = 0;
  for (let waiting = [...new Set(ids)]; waiting.length > 0; ) {
    const answers = await ask(parts, waiting);
    const before = done.size;
    let slowest: GoogleFault | null = null;
    for (const [index, id] of waiting.entries()) {
      const read = readPart(answers[index] ?? null, parts.now());
      if (read.kind === 'throttled') {
        const longer = (read.fault.retryAfterSeconds ?? 0) >= (slowest?.retryAfterSeconds ?? 0);
        if (longer) slowest = read.fault;
        continue;
      }
      if (read.kind === 'refused') throw await parts.transport.refused(read.fault);
      if (read.kind !== 'error') {
        done.set(id, read);
        continue;
      }
      lastError = read.error;
      const count = (failures.get(id) ?? 0) + 1;
      failures.set(id, count);
      if (count > mostFailures) done.set(id, { kind: 'failed', reason: read.error.message });
    }
    waiting = waiting.filter((id) => !done.has(id));
    throttles = done.size > before ? 0 : throttles + 1;
    if (slowest) {
      if (isDailyLimit(slowest) || throttles === mostIdleRounds)
        throw googleError('Gmail', slowest);
      parts.transport.slowDown(slowest, throttles);
    }
  }
  const outcome = ids.flatMap((id) => done.get(id) ?? []);
  // Every message failing is an outage, not poison.
  if (lastError && outcome.every(({ kind }) => kind === 'failed')) throw lastError;
  return outcome;
}

async function ask(
  { transport, origin }: FetchMessagesParts,
  ids: readonly string[],
): Promise<(Answer | null)[]> {
  const { contentType, body } = writeBatch(
    ids.map((id) => `/gmail/v1/users/me/messages/${encodeURIComponent(id)}?format=full`),
  );
  const answer = await transport.send({
    url: new URL('/batch', origin ?? googleOrigins.api),
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
    cost: { call: 'messages.get', count: ids.length },
    isRefused: (one) =>
      one.text.includes(' 401 ') &&
      readBatch(one, ids.length).every((part) => part === null || part.status === 401),
  });
  return readBatch(answer, ids.length);
}

type PartRead =
  | FetchedPart
  | { readonly kind: 'throttled'; readonly fault: GoogleFault }
  | { readonly kind: 'refused'; readonly fault: GoogleFault }
  | { readonly kind: 'error'; readonly error: ProviderError };

function readPart(answer: Answer | null, now: Date): PartRead {
  if (answer === null) {
    return {
      kind: 'error',
      error: new ProviderError('PROVIDER_PROTOCOL', "Gmail's batch answer lacks a part."),
    };
  }
  if (answer.status === 200) return readBody(answer);
  const fault = readFault(answer, now);
  if (isThrottle(fault)) return { kind: 'throttled', fault };
  if (isScopeMissing(fault)) return { kind: 'refused', fault };
  const failure = googleFailure(fault);
  if (failure === 'NOT_FOUND') return { kind: 'gone' };
  return { kind: 'error', error: googleError('Gmail', fault) };
}

function readBody(answer: Answer): PartRead {
  try {
    return { kind: 'message', body: jsonAnswer(answer) };
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'error', error };
    throw error;
  }
}
