import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackfillWorld } from './backfill-world.ts';

export interface Worker {
  readonly child: ChildProcess;
  /** Resident memory while it worked, bytes. */
  readonly rss: number[];
}

/** A worker in a process of its own, on the world's databases and sandbox. */
export function startWorker(world: BackfillWorld): Worker {
  const child = fork(new URL('./backfill-worker.ts', import.meta.url), [
    JSON.stringify(world.address),
  ]);
  const rss: number[] = [];
  child.on('message', (report: { rss: number }) => rss.push(report.rss));
  return { child, rss };
}

export async function kill({ child }: Worker): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Waits until the worker has moved the run on by some pages, or the run has ended. */
export async function untilBusy(
  world: BackfillWorld,
  runId: string,
  pages: number,
): Promise<boolean> {
  const committed = async () => {
    const [row] = await world.rows<{ checkpoint: string; status: string }>(
      'select md5(checkpoint::text) as checkpoint, status from sync_job_queue where id = $1',
      [runId],
    );
    return row;
  };
  let seen = await committed();
  for (let moved = 0; moved < pages; ) {
    await delay(5);
    const now = await committed();
    if (now?.status === 'completed') return false;
    if (now?.checkpoint !== seen?.checkpoint) moved += 1;
    seen = now;
  }
  return true;
}
