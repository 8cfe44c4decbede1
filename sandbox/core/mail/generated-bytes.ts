import { mix } from '../random.ts';

/** Repeated block of bytes that do not compress to nothing; slices of it are the generated files. */
const block = Buffer.alloc(64 * 1024);
for (let i = 0; i < block.length; i += 4) block.writeUInt32LE(mix(i, 0xa77ac4), i);

/** The bytes of a generated file; the same number gives the same bytes. */
export function generatedBytes(size: number, number: number): Buffer {
  const bytes = Buffer.alloc(size);
  let offset = number % block.length;
  for (let written = 0; written < bytes.length; offset = 0)
    written += block.copy(bytes, written, offset);
  return bytes;
}
