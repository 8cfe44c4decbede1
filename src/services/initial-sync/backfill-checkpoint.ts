import type { MailFolder, MailWindow } from '../../providers/contract.ts';

/** A folder that takes part; `watermarked` once the point to follow it from is stored. */
export interface FolderProgress {
  readonly id: string;
  readonly name: string;
  readonly watermarked: boolean;
  /** How far taking the watermark has come. */
  readonly round: { readonly cursor: string; readonly takenAt: string } | null;
}

/** Messages stored before their folder's watermark was taken, and not yet seen again. */
export interface FirstLook {
  readonly folderId: string;
  readonly ids: readonly string[];
}

/** One date window of one folder, read newest first. Finished slices leave the checkpoint. */
export interface Slice {
  /** Stable within the run. */
  readonly key: string;
  readonly folderId: string;
  readonly from: string;
  /** Exclusive; null: open, mail that arrives during the run belongs to it. */
  readonly to: string | null;
  readonly cursor: string | null;
  /** Received time of the oldest stored message: where a lost cursor starts again. */
  readonly oldest: string | null;
}

/** How far the comparison of ids has come; counts are sums over the folders compared so far. */
export interface AuditProgress {
  readonly folder: number;
  readonly cursor: string | null;
  readonly expected: number;
  readonly setAside: readonly string[];
  readonly missing: readonly string[];
  readonly repaired: number;
  /** Items at the provider without an id. */
  readonly withoutId: number;
}

/** Everything a later attempt needs to go on; written with the rows of each page. */
export interface BackfillCheckpoint {
  readonly version: 1;
  readonly folders: readonly FolderProgress[];
  readonly slices: readonly Slice[];
  /** Null until somebody looked. */
  readonly firstLook: FirstLook | null;
  /** Messages whose text was cut because it was longer than is kept. */
  readonly cut: number;
  /** Null until all slices are read. */
  readonly audit: AuditProgress | null;
  /** The result is stored; nothing is left to do. */
  readonly done: boolean;
}

/** About as many messages as one slice shall hold, so that four can be read side by side. */
const sliceMessages = 1500;
const mostSlices = 12;

/**
 * Cuts the window of each folder into slices, the newest first; inbox and sent mail come before the
 * other folders, so that what a person looks for first is there first.
 */
export function planBackfill(
  folders: readonly { readonly folder: MailFolder; readonly count: number }[],
  from: Date,
  now: Date,
): BackfillCheckpoint {
  const ordered = [...folders].sort(
    (a, b) => rank(a.folder) - rank(b.folder) || b.count - a.count || compare(a.folder, b.folder),
  );
  return {
    version: 1,
    folders: ordered.map(({ folder }) => ({
      id: folder.id,
      name: folder.path,
      watermarked: false,
      round: null,
    })),
    slices: ordered.flatMap(({ folder, count }) => slicesOf(folder.id, count, from, now)),
    firstLook: null,
    cut: 0,
    audit: null,
    done: false,
  };
}

function rank(folder: MailFolder): number {
  if (folder.wellKnown === 'inbox') return 0;
  return folder.wellKnown === 'sent' ? 1 : 2;
}

function compare(a: MailFolder, b: MailFolder): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

function slicesOf(folderId: string, count: number, from: Date, now: Date): Slice[] {
  const parts = Math.min(mostSlices, Math.max(1, Math.ceil(count / sliceMessages)));
  const span = Math.max(0, now.getTime() - from.getTime());
  // Whole seconds: providers compare those.
  const bound = (part: number): string =>
    new Date(Math.floor((from.getTime() + (span * part) / parts) / 1000) * 1000).toISOString();
  return Array.from({ length: parts }, (_, index) => {
    const part = parts - 1 - index;
    return {
      key: `${folderId}#${part}`,
      folderId,
      from: part === 0 ? from.toISOString() : bound(part),
      to: part === parts - 1 ? null : bound(part + 1),
      cursor: null,
      oldest: null,
    };
  });
}

/** The window that is still to be read. After a lost cursor it ends with the second of the oldest stored. */
export function sliceWindow(slice: Slice): MailWindow {
  return { from: new Date(slice.from), to: slice.to === null ? null : new Date(slice.to) };
}

/** The slice without its lost cursor: from the oldest stored message on, that second included again. */
export function withoutCursor(slice: Slice): Slice {
  if (slice.cursor === null || slice.oldest === null) return { ...slice, cursor: null };
  const second = Math.floor(Date.parse(slice.oldest) / 1000) + 1;
  return { ...slice, cursor: null, to: new Date(second * 1000).toISOString() };
}

/** The checkpoint with one slice replaced, or removed when `slice` is null. */
export function withSlice(
  checkpoint: BackfillCheckpoint,
  key: string,
  slice: Slice | null,
): BackfillCheckpoint {
  return {
    ...checkpoint,
    slices: checkpoint.slices.flatMap((one) => {
      if (one.key !== key) return [one];
      return slice ? [slice] : [];
    }),
  };
}

/** The checkpoint with some of a folder's progress replaced. */
export function withFolder(
  checkpoint: BackfillCheckpoint,
  folderId: string,
  progress: Partial<FolderProgress>,
): BackfillCheckpoint {
  return {
    ...checkpoint,
    folders: checkpoint.folders.map((folder) =>
      folder.id === folderId ? { ...folder, ...progress } : folder,
    ),
  };
}

/** Where to go on when the provider lost a cursor and the policy starts the listing again. */
export function restartBackfill(checkpoint: BackfillCheckpoint): BackfillCheckpoint {
  return {
    ...checkpoint,
    folders: checkpoint.folders.map((folder) => ({ ...folder, round: null })),
    slices: checkpoint.slices.map(withoutCursor),
    audit: checkpoint.audit && restartedAudit(checkpoint.audit),
  };
}

/** Compared anew from the first folder: half a folder's count cannot be told from the other half. */
function restartedAudit(audit: AuditProgress): AuditProgress {
  return { ...emptyAudit, repaired: audit.repaired };
}

export const emptyAudit: AuditProgress = {
  folder: 0,
  cursor: null,
  expected: 0,
  setAside: [],
  missing: [],
  repaired: 0,
  withoutId: 0,
};
