import {
  Client,
  type Context,
  GraphError,
  type Middleware,
  type MiddlewareOptions,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client';
import { retryAfterSeconds } from '../../lib/retry-after.ts';
import { ProviderError } from '../errors.ts';
import type { Answer } from '../exchange.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { parseStrictJson } from '../strict-json.ts';
import { graphCodes, microsoftError } from './errors.ts';
import { graphOrigin } from './graph-link.ts';
import { GraphTransport, type GraphTransportOptions } from './graph-transport.ts';

/** Ids that survive a move; must be on every request whose ids are kept. */
const immutableIds = 'IdType="ImmutableId"';

/** Carries one request past the library: the exact link on the way in, our own failure on the way out. */
class Passage implements MiddlewareOptions {
  readonly link: string | null;
  answer: Answer | null = null;
  failure: unknown = null;

  constructor(link: string | null) {
    this.link = link;
  }
}

/**
 * Microsoft's client library with our transport as its last middleware. Left out on purpose: its
 * retry handler (repeats every method up to 3 times, ignores waits above 180 s) and its redirect and
 * authentication handlers (they decide about tokens by host name as text).
 */
export class GraphClient {
  readonly #client: Client;
  readonly #options: GraphTransportOptions;

  constructor(options: GraphTransportOptions) {
    this.#options = options;
    this.#client = Client.initWithMiddleware({
      baseUrl: `${graphOrigin}/`,
      defaultVersion: 'v1.0',
      middleware: [new TelemetryHandler(), new LastMiddleware(new GraphTransport(options))],
    });
  }

  /**
   * Reads one object.
   * @param target a path below /v1.0 with its encoded query, or a link of an earlier answer, which is
   *   followed exactly as it was sent
   * @throws ProviderError
   */
  async get(target: string, preferences: readonly string[] = []): Promise<JsonObject> {
    const isLink = /^https?:/i.test(target);
    const passage = new Passage(isLink ? target : null);
    try {
      const body: unknown = await this.#client
        .api(isLink ? '/link' : target)
        .header('Prefer', [immutableIds, ...preferences].join(', '))
        .middlewareOptions([passage])
        .get();
      if (isObject(body)) return body;
    } catch (error) {
      throw passage.failure ?? this.#failure(error, passage.answer);
    }
    throw protocolError(passage.answer, 'is not a JSON object');
  }

  #failure(error: unknown, answer: Answer | null): unknown {
    if (!(error instanceof GraphError)) return error;
    const body = answer === null ? null : errorBody(answer);
    const wait = retryAfterSeconds(answer?.headers.get('retry-after'), this.#options.clock());
    return microsoftError('Graph', {
      status: error.statusCode,
      codes: graphCodes(body),
      requestId: requestIdOf(answer),
      retryAfterSeconds: wait ?? undefined,
      cause: error,
    });
  }
}

/** Hands the library's request to the transport, and its answer back with a body that was checked. */
class LastMiddleware implements Middleware {
  readonly #transport: GraphTransport;

  constructor(transport: GraphTransport) {
    this.#transport = transport;
  }

  async execute(context: Context): Promise<void> {
    const passage = context.middlewareControl?.getMiddlewareOptions(Passage);
    if (!(passage instanceof Passage)) throw new TypeError('A Graph request without its passage');
    try {
      const requested = typeof context.request === 'string' ? context.request : context.request.url;
      const headers = new Headers(context.options?.headers);
      const answer = await this.#transport.get(passage.link ?? requested, headers);
      passage.answer = answer;
      context.response =
        answer.status === 200
          ? new ParsedResponse(checkedJson(answer))
          : new Response([204, 304].includes(answer.status) ? null : answer.text, {
              status: answer.status,
              headers: { 'content-type': 'text/plain' },
            });
    } catch (error) {
      passage.failure = error;
      throw error;
    }
  }
}

/** Of a text it was given, the library would make bytes, a text and the object once more. */
class ParsedResponse extends Response {
  readonly #value: unknown;

  constructor(value: unknown) {
    super(null, { headers: { 'content-type': 'application/json' } });
    this.#value = value;
  }

  override async json(): Promise<unknown> {
    return this.#value;
  }
}

function checkedJson(answer: Answer): unknown {
  const type = answer.headers.get('content-type') ?? 'nothing';
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw protocolError(answer, `is ${type.slice(0, 60)}, not JSON`);
  }
  try {
    return parseStrictJson(answer.text);
  } catch (error) {
    throw protocolError(answer, `cannot be used: ${error instanceof Error ? error.message : ''}`);
  }
}

function errorBody(answer: Answer): unknown {
  try {
    const body = parseStrictJson(answer.text);
    return isObject(body) ? body['error'] : null;
  } catch {
    return null;
  }
}

function requestIdOf(answer: Answer | null): string | undefined {
  return answer?.headers.get('request-id') ?? undefined;
}

function protocolError(answer: Answer | null, what: string): ProviderError {
  const requestId = requestIdOf(answer);
  return new ProviderError(
    'PROVIDER_PROTOCOL',
    `Microsoft Graph's answer ${what}${requestId ? ` (request-id ${requestId})` : ''}; nothing of it was used.`,
    {
      ...(answer ? { status: answer.status } : {}),
      ...(requestId === undefined ? {} : { requestId }),
    },
  );
}
