import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { within10Milliseconds } from '../servers/answer.ts';
import type { Server } from './fan-out-variant.ts';
import { Subscribers } from './subscribers.ts';

/** Whether a program is on the path; otherwise its variant is left out with a word about it. */
export function isInstalled(program: string): boolean {
  const found = spawnSync('which', [program]).status === 0;
  if (!found)
    process.stdout.write(
      `${program} is not installed: left out (Debian: apt-get install ${program})\n`,
    );
  return found;
}

const body = 'x'.repeat(240);

/** nats-server over websocket. It merges what waits for a client into one frame and one write. */
export async function natsServer(clients: number): Promise<Server> {
  const [tcp, ws] = [await freePort(), await freePort()];
  const config = join(mkdtempSync(join(tmpdir(), 'bench-nats-')), 'nats.conf');
  writeFileSync(
    config,
    `host: 127.0.0.1\nport: ${tcp}\nmax_connections: 20000\nwebsocket { host: 127.0.0.1, port: ${ws}, no_tls: true }\n`,
  );
  const broker = spawn('nats-server', ['-c', config], { stdio: 'ignore' });
  await listening(ws);
  const subscribers = await Subscribers.open(clients, {
    port: ws,
    path: '/',
    hello: () => [
      Buffer.from('CONNECT {"verbose":false,"pedantic":false}\r\nSUB bench 1\r\nPING\r\n'),
    ],
  });
  const publisher = connect({ port: tcp, host: '127.0.0.1' });
  publisher.on('data', () => {});
  publisher.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
  const message = `PUB bench ${body.length}\r\n${body}\r\n`;
  const publish = (count: number) =>
    within10Milliseconds(count, () => void publisher.write(message));
  const bytes = await subscribers.bytesOf(() => publish(1));
  const headerBytes = 4;
  return {
    pid: broker.pid ?? 0,
    subscribers,
    bytesEach: bytes - headerBytes,
    publish,
    async stop() {
      publisher.destroy();
      broker.kill('SIGKILL');
    },
  };
}

/** Mosquitto, MQTT over websocket. */
export async function mosquittoServer(clients: number): Promise<Server> {
  const [tcp, ws] = [await freePort(), await freePort()];
  const config = join(mkdtempSync(join(tmpdir(), 'bench-mqtt-')), 'mosquitto.conf');
  writeFileSync(
    config,
    `listener ${tcp} 127.0.0.1\nlistener ${ws} 127.0.0.1\nprotocol websockets\nallow_anonymous true\nmax_queued_messages 0\nmax_connections -1\n`,
  );
  const broker = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
  await listening(ws);
  const subscribers = await Subscribers.open(clients, {
    port: ws,
    path: '/mqtt',
    protocol: 'mqtt',
    hello: (index) => [
      mqttConnect(`c${index}`),
      packet(0x82, Buffer.concat([Buffer.from([0, 1]), field('bench'), Buffer.from([0])])),
    ],
  });
  const publisher = connect({ port: tcp, host: '127.0.0.1' });
  publisher.on('data', () => {});
  publisher.write(mqttConnect('publisher'));
  const message = packet(0x30, Buffer.concat([field('bench'), Buffer.from(body)]));
  const publish = async (count: number) =>
    void publisher.write(Buffer.concat(Array.from({ length: count }, () => message)));
  await delay(200);
  const bytesEach = await subscribers.bytesOf(() => publish(1));
  return {
    pid: broker.pid ?? 0,
    subscribers,
    bytesEach,
    publish,
    async stop() {
      publisher.destroy();
      broker.kill('SIGKILL');
    },
  };
}

function mqttConnect(id: string): Buffer {
  return packet(0x10, Buffer.concat([field('MQTT'), Buffer.from([4, 2, 0, 0]), field(id)]));
}

function field(text: string): Buffer {
  return Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]);
}

function packet(type: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : [(length % 128) | 128, length >> 7];
  return Buffer.concat([Buffer.from([type, ...size]), content]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect({ port, host: '127.0.0.1' });
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await delay(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}
