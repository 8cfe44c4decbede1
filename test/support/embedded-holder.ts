import { argv, stdin, stdout } from 'node:process';
import { startEmbedded } from '../../src/database/embedded.ts';

/** A process of its own that holds the embedded server of `argv[2]` until its stdin ends. */
const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const server = await startEmbedded({
  dataDir: argv[2] ?? '',
  log: silent,
  databases: ['held'],
  settings: { fsync: 'off' },
});
stdout.write(`${JSON.stringify({ url: server.url('held'), owned: server.owned })}\n`);
stdin.resume();
stdin.once('end', () => void server.stop());
