import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { subscription } from '../servers/answer.ts';
import { Child } from './child.ts';

/** The row that changes all the time, and its last state. */
const finalState = '"status":"COMPLETED"';

/**
 * While changes flow, a tenth of the clients is cut off and comes back two seconds later, after the
 * last change. Returns how many clients do not end with the final state.
 */
export async function dropOut(clients: number): Promise<number> {
  const child = await Child.start('lockstep.ts');
  const last: string[] = Array.from({ length: clients }, () => '');
  const open = (index: number) =>
    follow(child.port, (message) => {
      last[index] = message;
    });
  const sockets = await Promise.all(last.map((_, index) => open(index)));
  const changes = (async () => {
    for (let count = 0; count < 40; count++) {
      await child.ask({ count: 5, together: true });
      await delay(20);
    }
    await child.ask({ count: 0, finish: true });
  })();
  const dropped = sockets.filter((_, index) => index % 10 === 0);
  for (const socket of dropped) socket.terminate();
  await Promise.all([changes, delay(2_000)]);
  const back = await Promise.all(dropped.map((_, place) => open(place * 10)));
  await delay(1_000);
  for (const socket of [...sockets, ...back]) socket.terminate();
  await child.stop();
  return last.filter((message) => !message.includes(finalState)).length;
}

async function follow(port: number, told: (message: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  const first = Promise.withResolvers<void>();
  socket.on('error', () => {});
  socket.on('open', () => {
    socket.send(
      JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer bench' } }),
    );
  });
  socket.on('message', (data) => {
    const message = String(data);
    if (message.includes('connection_ack')) {
      socket.send(
        JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query: subscription } }),
      );
    } else {
      told(message);
      first.resolve();
    }
  });
  await first.promise;
  return socket;
}
