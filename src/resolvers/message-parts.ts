import { z } from 'zod';

const mailbox = z.object({ address: z.string().nullable(), name: z.string().nullable() });
const attachment = z.object({
  name: z.string().nullable(),
  contentType: z.string().nullable(),
  sizeBytes: z.number().int().nullable(),
  isInline: z.boolean(),
});

/** A person in a message's header. */
export type Mailbox = z.output<typeof mailbox>;
/** What is known of an attachment without its content. */
export type Attachment = z.output<typeof attachment>;

const mailboxes = z.array(mailbox);
const attachments = z.array(attachment);

/** The recipients in a JSON column of `messages`. */
export function recipientsOf(column: unknown): Mailbox[] {
  return mailboxes.parse(column);
}

/** The attachments in the JSON column of `messages`. */
export function attachmentsOf(column: unknown): Attachment[] {
  return attachments.parse(column);
}
