// The limit of one write per delivery: a constant buffer to every socket.
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onPublish, ready } from './answer.ts';

const sockets: Socket[] = [];
const frame = Buffer.alloc(256, 'x');
frame.set([0x81, 126, 0, 252]);
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.once('data', (request) => {
    const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(String(request))?.[1];
    const accept = createHash('sha1')
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.push(socket);
  });
});
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
onPublish(async ({ count }) => {
  for (let number = 0; number < count; number++) {
    for (const socket of sockets) socket.write(frame);
    await new Promise(setImmediate);
  }
});
