import type { Duplex } from 'node:stream';

const opening = Buffer.from('{"id":');
const textFrame = 0x81;

/** An operation's id as it stands in a message. */
export function idBytes(id: string): Buffer {
  return Buffer.from(JSON.stringify(id));
}

/**
 * WebSocket frames of `next` messages, built once for everyone who follows the same thing. Only the
 * operation's id differs from one client to the next, so clients with ids of equal length share one
 * buffer: each one's id is written over the last one's. Server frames carry no mask (RFC 6455, 5.1).
 */
export class SharedFrames {
  /** How many frames go out with each write. */
  readonly count: number;
  readonly #idOffsets: readonly number[];
  #bytes: Buffer;

  /**
   * @param idLength bytes of the ids that will be written
   * @param payloads execution results as JSON, one for each frame
   */
  constructor(idLength: number, payloads: readonly string[]) {
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
    this.count = payloads.length;
    this.#idOffsets = idOffsets;
    this.#bytes = bytes;
  }

  /** Writes all frames under that id, in one write. */
  writeTo(stream: Duplex, id: Buffer): void {
    for (const offset of this.#idOffsets) id.copy(this.#bytes, offset);
    stream.write(this.#bytes);
    // What the kernel did not take at once, the stream still reads from this buffer: it is its own now.
    if (stream.writableLength > 0) this.#bytes = Buffer.from(this.#bytes);
  }
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
