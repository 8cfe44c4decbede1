import type { Drained } from './drain.ts';
import { parseSnapshot } from './snapshot.ts';

/** How far a listener has read, and what it still owes. Times in milliseconds of this process. */
export interface Reading {
  readonly snapshotText: string;
  readonly readAt: number;
  /** Until then every listener looks by itself. */
  readonly awakeUntil: number;
  /** Until then the database notes changes for us. */
  readonly listeningUntil: number;
  /** Transactions below it may have written before anyone listened: read again when all have ended. */
  readonly unheardBelow: number | null;
  /** What was visible at a moment after which changes are kept long enough. */
  readonly forgettable: { readonly snapshotText: string; readonly at: number };
}

/** What to do after one look. */
export interface NextSteps {
  readonly reading: Reading;
  readonly extendAwake: boolean;
  readonly extendListening: boolean;
  /** Changes visible in this snapshot may go. */
  readonly forget: string | null;
  readonly readAgain: boolean;
}

interface Times {
  readonly awake: number;
  readonly listening: number;
  readonly keep: number;
}

/** A listener that has just announced itself starts from this snapshot. */
export function startReading(snapshotText: string, now: number): Reading {
  const { xmin, xmax } = parseSnapshot(snapshotText);
  return {
    snapshotText,
    readAt: now,
    awakeUntil: 0,
    listeningUntil: 0,
    unheardBelow: xmin < xmax ? xmax : null,
    forgettable: { snapshotText, at: now },
  };
}

/** Where to go on after the connection was lost: where it was, unless that is too long ago to be kept. */
export function afterGap(
  before: Reading,
  fresh: Reading,
  now: number,
  longestGap: number,
): Reading {
  if (now - before.readAt > longestGap) return fresh;
  return { ...fresh, snapshotText: before.snapshotText };
}

/** Decides what one look brought. */
export function readingAfter(
  before: Reading,
  drained: Drained,
  now: number,
  times: Times,
): NextSteps {
  const busy = drained.events.length > 0;
  const extendAwake = busy && drained.awakeMilliseconds < times.awake * 0.7;
  const extendListening = before.listeningUntil - now < times.listening * 0.5;
  const unheard = before.unheardBelow !== null && drained.snapshot.xmin < before.unheardBelow;
  const forget = now - before.forgettable.at >= times.keep;
  return {
    reading: {
      snapshotText: drained.snapshotText,
      readAt: now,
      // One more look after writers have begun to notify again.
      awakeUntil: now + (extendAwake ? times.awake : drained.awakeMilliseconds),
      listeningUntil: extendListening ? now + times.listening : before.listeningUntil,
      unheardBelow: unheard ? before.unheardBelow : null,
      forgettable: forget ? { snapshotText: drained.snapshotText, at: now } : before.forgettable,
    },
    extendAwake,
    extendListening,
    forget: forget ? before.forgettable.snapshotText : null,
    readAgain: before.unheardBelow !== null && !unheard,
  };
}
