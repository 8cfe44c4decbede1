import { readFile, readlink } from 'node:fs/promises';

/** True when a process with this id exists, ours or not; a zombie is a dead one. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const status = await procStat(pid);
  return status === null || status.state !== 'Z';
}

/**
 * A text that identifies one life of a process id: ids are reused, start times are not.
 * Where there is no /proc the id alone has to do.
 */
export async function processIdentity(pid: number): Promise<string> {
  const status = await procStat(pid);
  return status === null ? String(pid) : `${pid}-${status.startedAt}`;
}

/** The directory a process works in, as far as the system tells. */
export async function workingDirectory(pid: number): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}

async function procStat(pid: number): Promise<{ state: string; startedAt: string } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // proc(5): the command in parentheses may hold spaces; state is field 3, start time field 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '?', startedAt: fields[19] ?? '?' };
}
