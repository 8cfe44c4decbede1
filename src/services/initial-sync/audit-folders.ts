import { countStored } from '../mail/count-stored.ts';
import { fetchMessages } from '../mail/fetch-messages.ts';
import { findMissing } from '../mail/find-missing.ts';
import { logActivity } from '../sync/activity.ts';
import { type AuditProgress, emptyAudit, type FirstLook } from './backfill-checkpoint.ts';
import type { BackfillWork } from './backfill-work.ts';
import { settleFirstLook } from './first-look.ts';
import { saveResult } from './save-result.ts';
import { storeMessages } from './store-messages.ts';

/** Missing messages fetched and committed at once; bounds the memory of a repair. */
const repairSize = 50;
/** Ids that each list of the result names. */
const mostListed = 1000;

/**
 * Compares every id that the provider has in the window with what is stored, folder by folder, and
 * fetches what is missing. Ends with the result in the run: what was expected, stored, set aside and
 * still missing, the last being empty unless a message went missing again at once.
 */
export async function auditFolders(work: BackfillWork): Promise<void> {
  for (;;) {
    const audit = work.checkpoint.audit ?? emptyAudit;
    const folder = work.checkpoint.folders[audit.folder];
    if (!folder) {
      await settleFirstLook(work);
      return storeResult(work, audit);
    }
    const page = await work.mailbox.listMessageIds({
      folderId: folder.id,
      window: work.window,
      cursor: audit.cursor,
    });
    const ids = [...new Set(page.ids)];
    const compared = await repair(work, folder.id, ids, audit);
    await advance(work, folder.id, ids, {
      ...(work.checkpoint.audit ?? audit),
      folder: page.next === null ? audit.folder + 1 : audit.folder,
      cursor: page.next,
      expected: audit.expected + ids.length - compared.gone.length,
      setAside: listed(audit.setAside, compared.setAside),
      missing: listed(audit.missing, compared.missing),
      withoutId: audit.withoutId + page.withoutId,
    });
  }
}

function listed(before: readonly string[], found: readonly string[]): string[] {
  return [...new Set([...before, ...found])].slice(0, mostListed);
}

interface Compared {
  readonly setAside: readonly string[];
  /** Still not stored after the repair. */
  readonly missing: readonly string[];
  /** Deleted at the provider since they were listed. */
  readonly gone: readonly string[];
}

/** Fetches the page's missing messages in batches and compares again. */
async function repair(
  work: BackfillWork,
  folderId: string,
  ids: readonly string[],
  audit: AuditProgress,
): Promise<Compared> {
  const { database } = work.context;
  const scope = { role: 'service_role', organizationId: work.owner.organizationId } as const;
  const compare = () => database.transaction(scope, (tx) => findMissing(tx, work.owner, ids));
  const before = await compare();
  if (before.missing.length === 0) return { ...before, gone: [] };
  const gone: string[] = [];
  let { repaired } = audit;
  for (let start = 0; start < before.missing.length; start += repairSize) {
    const batch = await fetchMessages(
      work.probed(folderId),
      before.missing.slice(start, start + repairSize),
    );
    gone.push(...batch.gone);
    repaired += batch.messages.length;
    const soFar = { ...audit, repaired };
    await storeMessages(work, {
      messages: batch.messages,
      setAside: batch.setAside,
      phase: 'repairing',
      checkpoint: (latest) => ({ ...latest, audit: soFar }),
    });
  }
  const after = await compare();
  return {
    setAside: after.setAside,
    missing: after.missing.filter((id) => !gone.includes(id)),
    gone,
  };
}

async function advance(
  work: BackfillWork,
  folderId: string,
  ids: readonly string[],
  audit: AuditProgress,
): Promise<void> {
  await work.commit(async () => ({
    step: {
      processed: 0,
      phase: 'auditing',
      checkpoint: (latest) => ({
        ...latest,
        audit,
        firstLook: seenAgain(latest.firstLook, folderId, ids),
      }),
    },
    write: async () => undefined,
  }));
}

function seenAgain(look: FirstLook | null, folderId: string, ids: readonly string[]) {
  if (look?.folderId !== folderId) return look;
  return { ...look, ids: look.ids.filter((id) => !ids.includes(id)) };
}

async function storeResult(work: BackfillWork, audit: AuditProgress): Promise<void> {
  const { context, owner, window } = work;
  await work.commit(async () => ({
    step: {
      processed: 0,
      phase: 'completing',
      checkpoint: (latest) => ({ ...latest, audit, done: true }),
    },
    write: async (tx) => {
      const { organizationId, connectionId } = owner;
      const stored = await countStored(tx, organizationId, connectionId, window.from);
      const result = {
        expected: audit.expected,
        stored,
        missing: audit.missing,
        setAside: audit.setAside,
        repaired: audit.repaired,
        extra: Math.max(
          0,
          stored - (audit.expected - audit.setAside.length - audit.missing.length),
        ),
        withoutId: audit.withoutId,
        cut: work.checkpoint.cut,
      };
      await saveResult(tx, context.run, result);
      await logActivity(
        tx,
        context.run,
        'audited',
        `Compared with the provider: ${result.expected} expected, ${stored} stored, ${result.setAside.length} set aside, ${result.missing.length} missing.`,
        result,
      );
    },
  }));
}
