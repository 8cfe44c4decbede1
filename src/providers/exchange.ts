import { ProviderError } from './errors.ts';

/** Limits of one HTTP exchange. */
export interface ExchangeLimits {
  /** Until the answer's headers have come. */
  readonly answerSeconds: number;
  /** While the body comes, each span of this length must bring `leastBytesPerSecond` on average. */
  readonly stallSeconds: number;
  readonly leastBytesPerSecond: number;
  readonly mostBytes: number;
}

export interface ExchangeRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One HTTP exchange with its whole body, within limits; redirects are handed back, nothing is tried
 * twice. An abort by the caller is thrown as its own reason.
 * @throws ProviderError PROVIDER_UNAVAILABLE (not reached, connection lost), PROVIDER_TIMEOUT,
 *   PROVIDER_PROTOCOL (body broken off, too large, not UTF-8)
 */
export async function exchange(
  url: URL,
  request: ExchangeRequest,
  limits: ExchangeLimits,
): Promise<Answer> {
  const stop = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, stop.signal]) : stop.signal;
  const answerTimer = setTimeout(
    () => stop.abort(timeout(url, `no answer within ${limits.answerSeconds} s`)),
    limits.answerSeconds * 1000,
  );
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal,
    });
    clearTimeout(answerTimer);
    const text = await readBody(url, response, limits, stop);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    request.signal?.throwIfAborted();
    if (stop.signal.aborted) throw stop.signal.reason;
    if (error instanceof ProviderError) throw error;
    throw new ProviderError('PROVIDER_UNAVAILABLE', `${url.host} cannot be reached.`, {
      cause: error,
    });
  } finally {
    clearTimeout(answerTimer);
  }
}

async function readBody(
  url: URL,
  response: Response,
  limits: ExchangeLimits,
  stop: AbortController,
): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let bytesAtLastLook = 0;
  const watch = setInterval(() => {
    if (bytes - bytesAtLastLook < limits.stallSeconds * limits.leastBytesPerSecond) {
      stop.abort(timeout(url, `its answer stalled after ${bytes} bytes`));
    }
    bytesAtLastLook = bytes;
  }, limits.stallSeconds * 1000);
  try {
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > limits.mostBytes) {
        throw protocolError(url, response.status, `is larger than ${limits.mostBytes} bytes`);
      }
      chunks.push(chunk);
    }
    // fatal: bytes that are not UTF-8 are an error; ignoreBOM: a byte order mark stays visible.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (stop.signal.aborted || error instanceof ProviderError) throw error;
    const what = error instanceof TypeError && bytes === 0 ? 'did not come' : 'broke off';
    throw protocolError(url, response.status, `${what} after ${bytes} bytes`, error);
  } finally {
    clearInterval(watch);
  }
}

function timeout(url: URL, what: string): ProviderError {
  return new ProviderError('PROVIDER_TIMEOUT', `${url.host}: ${what}.`);
}

function protocolError(url: URL, status: number, what: string, cause?: unknown): ProviderError {
  return new ProviderError(
    'PROVIDER_PROTOCOL',
    `The body of ${url.host}'s answer (status ${status}) ${what}; nothing of it was used.`,
    { status, ...(cause === undefined ? {} : { cause }) },
  );
}
