import type { Sql } from '../../database/sql.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MailProvider, MailWindow } from '../../providers/contract.ts';
import type { ProbedMailbox } from '../mail/fetch-one.ts';
import { guardConnection } from '../mail/guard-connection.ts';
import { readFolderNames } from '../mail/read-folder-names.ts';
import type { MessageOwner } from '../mail/save-messages.ts';
import type { Page, RunContext } from '../sync/run-handler.ts';
import { type FolderTask, type FollowUpCheckpoint, withFirst } from './follow-up-checkpoint.ts';

export interface FollowUpWorkParts {
  readonly context: RunContext<FollowUpCheckpoint>;
  readonly mailbox: MailProvider;
  readonly owner: MessageOwner;
  readonly subject: string | null;
  readonly signal: AbortSignal;
  readonly window: MailWindow;
  readonly clock: Clock;
}

/** What is committed besides the rows; the task replaces the one under way, null when that is done. */
export interface Step extends Pick<Page<never>, 'failed' | 'phase' | 'message'> {
  readonly task: FolderTask | null;
  readonly processed: number;
}

/** One attempt at following a mailbox: one folder after the other. */
export class FollowUpWork {
  readonly parts: FollowUpWorkParts;
  #checkpoint: FollowUpCheckpoint;

  constructor(parts: FollowUpWorkParts, checkpoint: FollowUpCheckpoint) {
    this.parts = parts;
    this.#checkpoint = checkpoint;
  }

  get task(): FolderTask | null {
    return this.#checkpoint.tasks[0] ?? null;
  }

  /** The mailbox, probed by listing its folders. */
  get probed(): ProbedMailbox {
    const { mailbox, signal } = this.parts;
    return { mailbox, signal, probe: () => mailbox.listFolders() };
  }

  /** Reads in a transaction of its own. */
  read<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    const { context, owner } = this.parts;
    const scope = { role: 'service_role', organizationId: owner.organizationId } as const;
    return context.database.transaction(scope, work);
  }

  /** Names of the folders that take part; those that are about to be left do not. */
  async folderNames(): Promise<ReadonlyMap<string, string>> {
    const { organizationId, connectionId } = this.parts.owner;
    const names = await this.read((tx) => readFolderNames(tx, organizationId, connectionId));
    const left = this.#checkpoint.tasks.filter(({ kind }) => kind === 'leave');
    return new Map([...names].filter(([id]) => !left.some(({ folderId }) => folderId === id)));
  }

  /** Commits rows and the way on together; the connection is checked under lock in the same transaction. */
  async commit({ task, ...page }: Step, write: (tx: Sql) => Promise<void>): Promise<void> {
    const { context, owner, subject } = this.parts;
    const checkpoint = withFirst(this.#checkpoint, task);
    await context.commitPage({ ...page, checkpoint }, async (tx) => {
      await guardConnection(tx, owner.organizationId, owner.connectionId, subject);
      await write(tx);
    });
    this.#checkpoint = checkpoint;
  }
}
