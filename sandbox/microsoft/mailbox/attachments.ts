import { generatedBytes } from '../../core/mail/generated-bytes.ts';
import { fileNames, fileTypes } from '../../core/mail/words.ts';
import { mix, pick } from '../../core/random.ts';
import { type ExplicitAttachment, type MessageRecord, messageFlags } from './message-record.ts';

/** Attachments of a message: those set by hand, else generated ones on about 15 % of the messages. */
export function attachmentsOf(record: MessageRecord): readonly ExplicitAttachment[] {
  if (record.edits?.attachments !== undefined) return record.edits.attachments;
  const hash = mix(record.seed, 31);
  const isDraft = (record.flags & messageFlags.draft) !== 0;
  if (isDraft || hash % 100 >= 15) return [];
  return Array.from({ length: 1 + (mix(hash, 1) % 3) }, (_, i) =>
    generatedAttachment(record, mix(hash, 50 + i), i),
  );
}

function generatedAttachment(
  record: MessageRecord,
  hash: number,
  position: number,
): ExplicitAttachment {
  const size = 400 + (mix(hash, 3) % 60_000);
  const kind =
    position > 0 && hash % 20 === 0
      ? 'item'
      : position > 0 && hash % 20 === 1
        ? 'reference'
        : 'file';
  if (kind === 'item')
    return {
      kind,
      name: 'Forwarded message',
      contentType: null,
      isInline: false,
      contentId: null,
      content: null,
      size,
    };
  if (kind === 'reference') {
    return {
      kind,
      name: `Shared folder ${record.n}`,
      contentType: null,
      isInline: false,
      contentId: null,
      content: null,
      size: 382,
    };
  }
  const isInline = hash % 6 === 2;
  const file = isInline ? { extension: 'png', type: 'image/png' } : pick(fileTypes, mix(hash, 4));
  const name = `${pick(fileNames, mix(hash, 5))} ${position + 1}.${file.extension}`;
  return {
    kind,
    name,
    contentType: file.type,
    isInline,
    contentId: isInline ? `image${position}@sandbox` : null,
    content: null,
    size,
  };
}

/** Exchange's flag: inline pictures alone do not count. */
export function hasAttachments(record: MessageRecord): boolean {
  return attachmentsOf(record).some((attachment) => !attachment.isInline);
}

/** The bytes of a file attachment. */
export function attachmentContent(
  record: MessageRecord,
  position: number,
  attachment: ExplicitAttachment,
): Buffer {
  if (attachment.content !== null) return Buffer.from(attachment.content, 'base64');
  return generatedBytes(attachment.size, mix(record.seed, position));
}
