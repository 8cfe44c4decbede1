import { readdirSync, readFileSync } from 'node:fs';

/** Seconds of processor time, user and system, that a process has used so far. */
export function cpuSeconds(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  // schedstat counts nanoseconds; /proc/<pid>/stat only hundredths of a second.
  return (
    listed(tasks).reduce((sum, task) => sum + nanoseconds(`${tasks}/${task}/schedstat`), 0) / 1e9
  );
}

/** Seconds that ended children of a process have used: a database's connections, once they are closed. */
export function endedChildrenSeconds(pid: number): number {
  const [user, system] = stat(pid).slice(13, 15).map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

export function parentOf(pid: number): number {
  return Number(stat(pid)[1]);
}

function nanoseconds(path: string): number {
  return Number(read(path).split(' ')[0]);
}

/** The fields of stat(5) from the third on; the second may hold blanks. */
function stat(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Processes end while they are looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
