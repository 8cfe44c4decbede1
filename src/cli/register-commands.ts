import type { Command } from 'commander';
import { registerSandbox } from './sandbox.ts';
import { registerServe, registerStart } from './serve.ts';
import { registerToken } from './token.ts';
import { registerWorker } from './worker.ts';

/** Every command of the command line, in the order of its help. */
export function registerCommands(program: Command): void {
  registerStart(program);
  registerServe(program);
  registerWorker(program);
  registerSandbox(program);
  registerToken(program);
}
