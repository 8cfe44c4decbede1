import { readdirSync, readFileSync } from 'node:fs';

/** Seconds of processor time, user and system, that a process has used so far. */
export function cpuSeconds(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  // schedstat counts nanoseconds; /proc/<pid>/stat only hundredths of a second.
  return (
    listed(tasks).reduce((sum, task) => sum + nanoseconds(`${tasks}/${task}/schedstat`), 0) / 1e9
  );
}

/** The processes that this one has started and that still run. */
export function childrenOf(pid: number): number[] {
  return listed('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

function nanoseconds(path: string): number {
  return Number(read(path).split(' ')[0]);
}

function parentOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
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
