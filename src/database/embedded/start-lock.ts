import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { LockstepError } from '../../errors.ts';
import { sleep } from '../../lib/sleep.ts';
import { isAlive, processIdentity } from './processes.ts';

/** Longest wait for another process that starts or stops the same server, in milliseconds. */
const patience = 60_000;

/** Runs the work while no other process starts or stops the server; a dead holder's lock is taken over. */
export async function withStartLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const me = `${await processIdentity(process.pid)}`;
  const mine = `${file}.${me}.${Math.random().toString(36).slice(2)}`;
  await writeFile(mine, me);
  try {
    const deadline = Date.now() + patience;
    while (!(await tryLock(file, mine))) {
      if (Date.now() > deadline) {
        throw new LockstepError(
          'UNAVAILABLE',
          `Another process has been starting the embedded PostgreSQL for ${patience / 1000} s. If none is running, delete ${file}.`,
        );
      }
      await sleep(25);
    }
    try {
      return await work();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** Linking makes the lock appear with its holder's name already in it. */
async function tryLock(file: string, mine: string): Promise<boolean> {
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const holder = await readFile(file, 'utf8').catch(() => null);
  if (holder === null || (await isSameLife(holder))) return false;
  // Of several finders one moves the dead lock away; one that moved a fresh lock puts it back.
  const aside = `${mine}.dead`;
  await rename(file, aside).catch(() => undefined);
  if ((await readFile(aside, 'utf8').catch(() => holder)) !== holder) {
    await link(aside, file).catch(() => undefined);
  }
  await rm(aside, { force: true });
  return false;
}

/** True when the process that wrote this identity still lives. */
export async function isSameLife(identity: string): Promise<boolean> {
  const pid = Number(identity.split('-')[0]);
  return (await isAlive(pid)) && (await processIdentity(pid)) === identity;
}
