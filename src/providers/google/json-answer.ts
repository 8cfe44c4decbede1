import { ProviderError } from '../errors.ts';
import type { Answer } from '../exchange.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { parseStrictJson } from '../strict-json.ts';

/** The object an answer holds. @throws ProviderError PROVIDER_PROTOCOL */
export function jsonAnswer({ status, headers, text }: Answer): JsonObject {
  const type = headers.get('content-type') ?? 'nothing';
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw unusable(status, `is ${type.slice(0, 60)}, not JSON`);
  }
  let body: unknown;
  try {
    body = parseStrictJson(text);
  } catch (error) {
    throw unusable(status, `cannot be used: ${error instanceof Error ? error.message : ''}`);
  }
  if (isObject(body)) return body;
  throw unusable(status, 'is not a JSON object');
}

function unusable(status: number, what: string): ProviderError {
  return new ProviderError(
    'PROVIDER_PROTOCOL',
    `Google's answer ${what}; nothing of it was used.`,
    { status },
  );
}
