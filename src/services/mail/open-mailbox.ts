import type { MailProvider } from '../../providers/contract.ts';

/** Opens the mailbox behind a connection for one attempt. */
export type OpenMailbox = (input: {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly signal: AbortSignal;
  /** Told before a wait that the provider asked for. */
  readonly onWait: (reason: string, until: Date) => Promise<void>;
}) => Promise<MailProvider>;
