import type { Context } from 'hono';
import type { SandboxEnv } from './call.ts';

/** Tells the server adapter that the socket has been dealt with. */
function nothingMore(): Response {
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
}

/** Ends the connection with a TCP reset; a part of a batch, which has no connection, gets 504 instead. */
export function resetConnection(c: Context<SandboxEnv>): Response {
  const socket = c.env.incoming?.socket;
  if (socket === undefined) return new Response(null, { status: 504 });
  socket.resetAndDestroy();
  return nothingMore();
}

/** Sends the head and the first bytes of an answer, then ends the connection. */
export async function sendPart(
  c: Context<SandboxEnv>,
  answer: Response,
  bytes: number | undefined,
): Promise<Response> {
  const outgoing = c.env.outgoing;
  const body = Buffer.from(await answer.arrayBuffer());
  const part = body.subarray(0, bytes ?? Math.floor(body.length / 2));
  if (outgoing === undefined) return new Response(part, answer);
  outgoing.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    'content-length': String(body.length),
  });
  // The head must leave before the socket is closed, or the client sees a reset without an answer.
  outgoing.flushHeaders();
  await new Promise<void>((resolve) => outgoing.write(part, () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 20));
  outgoing.destroy();
  return nothingMore();
}
