/** Reading what changed in a folder since its watermark. */
export interface ChangesTask {
  readonly kind: 'changes';
  readonly folderId: string;
  /** Null: from the folder's watermark. */
  readonly cursor: string | null;
  /** When the first page of this round was asked for. */
  readonly begunAt: string | null;
  /** A half-read round was lost once and begun again from the watermark. */
  readonly restarted: boolean;
}

/** Reading a folder as a whole: it is new, or the provider forgot its watermark. */
export interface ReadTask {
  readonly kind: 'read';
  readonly folderId: string;
  /** Up to when the folder was followed; null for a new one. */
  readonly gapSince: string | null;
  /** Taken before the first page. */
  readonly watermark: { readonly value: string; readonly takenAt: string } | null;
  readonly cursor: string | null;
  /** All pages are stored; what remains is the comparison of ids. */
  readonly paged: boolean;
}

/** Looking after the messages of a folder that is gone. */
export interface LeaveTask {
  readonly kind: 'leave';
  readonly folderId: string;
  /** The last message looked after, in the order of ids. */
  readonly after: string;
}

export type FolderTask = ChangesTask | ReadTask | LeaveTask;

/** What is left to do; the first task is under way. Written with the rows of each page. */
export interface FollowUpCheckpoint {
  readonly version: 1;
  readonly tasks: readonly FolderTask[];
}

export function changesTask(folderId: string): ChangesTask {
  return { kind: 'changes', folderId, cursor: null, begunAt: null, restarted: false };
}

export function readTask(folderId: string, gapSince: Date | null): ReadTask {
  return {
    kind: 'read',
    folderId,
    gapSince: gapSince?.toISOString() ?? null,
    watermark: null,
    cursor: null,
    paged: false,
  };
}

/** The checkpoint with its first task replaced, or done when `task` is null. */
export function withFirst(
  { tasks, ...rest }: FollowUpCheckpoint,
  task: FolderTask | null,
): FollowUpCheckpoint {
  const others = tasks.slice(1);
  return { ...rest, tasks: task ? [task, ...others] : others };
}

/** Where to go on after the policy restarts a lost listing: its first page. */
export function restartFollowUp(checkpoint: FollowUpCheckpoint): FollowUpCheckpoint {
  const [first] = checkpoint.tasks;
  return first?.kind === 'read' ? withFirst(checkpoint, { ...first, cursor: null }) : checkpoint;
}
