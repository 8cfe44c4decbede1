import type { Sql } from '../../database/sql.ts';
import type { MailProvider, MailWindow } from '../../providers/contract.ts';
import type { ProbedMailbox } from '../mail/fetch-one.ts';
import { guardConnection } from '../mail/guard-connection.ts';
import type { MessageOwner } from '../mail/save-messages.ts';
import type { Page, RunContext } from '../sync/run-handler.ts';
import type { BackfillCheckpoint } from './backfill-checkpoint.ts';

/** What a step asks to be committed: counters and rows, and the checkpoint made from the newest one. */
export interface Step extends Omit<Page<BackfillCheckpoint>, 'checkpoint'> {
  readonly checkpoint: (latest: BackfillCheckpoint) => BackfillCheckpoint;
}

/**
 * One attempt at a backfill. Several slices are read side by side, but pages are committed one after
 * the other, each upon the checkpoint of the one before.
 */
export class BackfillWork {
  readonly context: RunContext<BackfillCheckpoint>;
  readonly mailbox: MailProvider;
  readonly owner: MessageOwner;
  readonly subject: string | null;
  /** Aborted when the attempt ends for any reason. */
  readonly signal: AbortSignal;
  readonly #window: MailWindow;
  #checkpoint: BackfillCheckpoint;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    readonly context: RunContext<BackfillCheckpoint>;
    readonly mailbox: MailProvider;
    readonly owner: MessageOwner;
    readonly subject: string | null;
    readonly signal: AbortSignal;
    readonly window: MailWindow;
    readonly checkpoint: BackfillCheckpoint;
  }) {
    this.context = parts.context;
    this.mailbox = parts.mailbox;
    this.owner = parts.owner;
    this.subject = parts.subject;
    this.signal = parts.signal;
    this.#window = parts.window;
    this.#checkpoint = parts.checkpoint;
  }

  /** The newest committed checkpoint. */
  get checkpoint(): BackfillCheckpoint {
    return this.#checkpoint;
  }

  /** The whole window of the run. */
  get window(): MailWindow {
    return this.#window;
  }

  /** The mailbox, probed by counting the folder's messages. */
  probed(folderId: string): ProbedMailbox {
    const { mailbox, signal, window } = this;
    return { mailbox, signal, probe: () => mailbox.countMessages(folderId, window) };
  }

  /**
   * Waits for its turn, prepares the step with nobody else committing, and commits it. The connection
   * is checked under lock in the same transaction.
   */
  async commit(
    prepare: () => Promise<{ readonly step: Step; readonly write: (tx: Sql) => Promise<void> }>,
  ): Promise<void> {
    const turn = this.#last.then(async () => {
      this.signal.throwIfAborted();
      const { step, write } = await prepare();
      const { checkpoint: next, ...page } = step;
      const checkpoint = next(this.#checkpoint);
      await this.context.commitPage({ ...page, checkpoint }, async (tx) => {
        const { organizationId, connectionId } = this.owner;
        await guardConnection(tx, organizationId, connectionId, this.subject);
        await write(tx);
      });
      this.#checkpoint = checkpoint;
    });
    this.#last = turn.catch(() => undefined);
    await turn;
  }
}
