import type { CompanyDatabase } from '../database/company.ts';
import { errorText } from '../errors.ts';
import type { Logger } from '../log.ts';
import { deliverOutbox } from '../services/notifications/deliver-outbox.ts';
import type { MailTransport } from '../services/notifications/mail-transport.ts';

export interface OutboxDeliveryOptions {
  /** Asked at every pass: company databases come and go. */
  readonly databases: () => Promise<readonly CompanyDatabase[]>;
  /** Null without a mail server: mails are kept and logged. */
  readonly transport: MailTransport | null;
  readonly log: Logger;
  readonly everySeconds?: number;
}

/**
 * Looks into the outboxes every few seconds, in every worker process; a mail is taken by one of them.
 * Not a job of the queue: each mail counts its own attempts and waits on its own.
 */
export class OutboxDelivery {
  readonly #options: OutboxDeliveryOptions;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> | null = null;

  constructor(options: OutboxDeliveryOptions) {
    this.#options = options;
  }

  start(): void {
    const everyMilliseconds = (this.#options.everySeconds ?? 10) * 1000;
    this.#timer = setInterval(() => {
      this.#pass ??= this.#deliver().finally(() => {
        this.#pass = null;
      });
    }, everyMilliseconds);
  }

  /** Resolves when the pass under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pass;
    this.#options.transport?.close();
  }

  async #deliver(): Promise<void> {
    const { databases, transport, log } = this.#options;
    try {
      for (const database of await databases()) await deliverOutbox(database, transport, log);
    } catch (error) {
      log.warn({ error: errorText(error) }, 'outbox pass failed');
    }
  }
}
