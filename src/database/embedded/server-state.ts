import { randomBytes } from 'node:crypto';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { LockstepError } from '../../errors.ts';
import type { EmbeddedLayout } from './layout.ts';
import { isAlive, workingDirectory } from './processes.ts';

/** What outlives the server process: its password and the port to come back on. */
export interface ServerState {
  readonly password: string;
  readonly port: number | null;
}

const stateSchema = z.object({ password: z.string().min(1), port: z.number().int().nullable() });

export async function readState(layout: EmbeddedLayout): Promise<ServerState | null> {
  const text = await readFile(layout.state, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LockstepError(
      'CONFIGURATION',
      `${layout.state} is damaged. Restore it, or delete the data directory to start with empty databases.`,
      { cause },
    );
  }
}

export async function writeState(layout: EmbeddedLayout, state: ServerState): Promise<void> {
  await writeFile(layout.state, `${JSON.stringify(state)}\n`, { mode: 0o600 });
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** A server process that holds the cluster at this moment. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/**
 * The running server according to postmaster.pid (its lines: pid, directory, start time, port, ...).
 * The id may have been reused by another program, so the process must also work in the cluster.
 */
export async function findRunning(layout: EmbeddedLayout): Promise<RunningServer | null> {
  const lines = (await readFile(layout.pidFile, 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!pid || !port || !(await isAlive(pid))) return null;
  const directory = await workingDirectory(pid);
  if (directory !== null && directory !== (await realpath(layout.cluster))) return null;
  return { pid, port };
}

/** Beyond every process id of Linux (at most 2^22) and macOS. */
const deadPid = 4_194_305;

/**
 * After a kill -9 the id in postmaster.pid may belong to a program of ours that came later, and
 * PostgreSQL would refuse to start. The id is replaced and the rest kept: the last line lets
 * PostgreSQL notice children of the killed server that still write.
 */
export async function disownPidFile(layout: EmbeddedLayout): Promise<void> {
  const text = await readFile(layout.pidFile, 'utf8').catch(() => null);
  if (text === null || !(await isAlive(Number(text.split('\n')[0])))) return;
  await writeFile(layout.pidFile, text.replace(/^\d+/, `${deadPid}`));
}
