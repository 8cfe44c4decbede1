import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the machine does nothing else, so many seconds at most; returns the share of it that was idle last. */
export async function waitForIdle(share = 0.8, patience = 20): Promise<number> {
  let idle = 0;
  for (let attempt = 0; attempt < patience * 2 && idle < share; attempt++) {
    const before = cpuTimes();
    await delay(500);
    const after = cpuTimes();
    idle = (after.idle - before.idle) / (after.all - before.all);
  }
  return idle;
}

function cpuTimes(): { idle: number; all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const times = line.trim().split(/\s+/).slice(1).map(Number);
  return {
    idle: (times[3] ?? 0) + (times[4] ?? 0),
    all: times.reduce((sum, time) => sum + time, 0),
  };
}
