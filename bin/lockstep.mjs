#!/usr/bin/env node
// The command line runs TypeScript directly and therefore needs the Node version that is pinned as
// a dependency. Started by an older Node (or from outside npm's PATH), this shim hands over to it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const main = path.join(
  import.meta.dirname ?? path.dirname(fileURLToPath(import.meta.url)),
  '../src/cli/main.ts',
);
const major = Number(process.versions.node.split('.')[0]);

if (major >= 24) {
  await import(main);
} else {
  const manifest = createRequire(import.meta.url).resolve('node/package.json');
  const node = path.join(path.dirname(manifest), 'bin', 'node');
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
