/**
 * WebSocket frames of `next` messages, built once for everyone who follows the same thing. Only the
 * operation's id differs from one client to the next, so ids of equal length share one buffer and
 * each client gets a copy with its own id written over. Server frames carry no mask (RFC 6455, 5.1).
 */
export interface FrameTemplate {
  readonly bytes: Buffer;
  /** Where the id stands in each frame. */
  readonly idOffsets: readonly number[];
  readonly idLength: number;
}

const opening = Buffer.from('{"id":');
const textFrame = 0x81;

/** An operation's id as it stands in a message. */
export function idBytes(id: string): Buffer {
  return Buffer.from(JSON.stringify(id));
}

/**
 * Frames for ids of that many bytes, one per payload, in one buffer for one write.
 * @param payloads execution results as JSON
 */
export function frameTemplate(idLength: number, payloads: readonly string[]): FrameTemplate {
  const closings = payloads.map((payload) => Buffer.from(`,"type":"next","payload":${payload}}`));
  const lengths = closings.map((closing) => opening.length + idLength + closing.length);
  const total = lengths.reduce((sum, length) => sum + headerLength(length) + length, 0);
  const bytes = Buffer.allocUnsafe(total);
  const idOffsets: number[] = [];
  let at = 0;
  for (const [index, closing] of closings.entries()) {
    at = writeHeader(bytes, at, lengths[index] ?? 0);
    at += opening.copy(bytes, at);
    idOffsets.push(at);
    at += idLength;
    at += closing.copy(bytes, at);
  }
  return { bytes, idOffsets, idLength };
}

/** The frames for one client. */
export function framesFor({ bytes, idOffsets }: FrameTemplate, id: Buffer): Buffer {
  const frames = Buffer.allocUnsafe(bytes.length);
  bytes.copy(frames);
  for (const offset of idOffsets) id.copy(frames, offset);
  return frames;
}

function headerLength(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = textFrame;
  if (length < 126) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
    return at + 4;
  }
  bytes[at + 1] = 127;
  bytes.writeUInt32BE(0, at + 2);
  bytes.writeUInt32BE(length, at + 6);
  return at + 10;
}
