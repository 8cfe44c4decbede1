import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parse } from '../core/parse.ts';
import { RequestError } from '../core/request-error.ts';
import { googleSeedSchema } from '../google/seed-schema.ts';
import { microsoftSeedSchema } from '../microsoft/seed-schema.ts';

/** A seed file: who exists, and what lies in their accounts. Described in README.md. */
export const seedSchema = z.strictObject({
  version: z.literal(1),
  /** Begins every random sequence of the sandbox. */
  seed: z.int().default(1),
  google: googleSeedSchema.optional(),
  microsoft: microsoftSeedSchema.optional(),
});
export type Seed = z.output<typeof seedSchema>;
export type SeedInput = z.input<typeof seedSchema>;

/** The seed of the demo: the six demo members with their mailboxes. */
export const demoSeed = new URL('./demo.json', import.meta.url);

/** Reads and checks a seed, given as a value or the path of a JSON file. */
export async function readSeed(source: SeedInput | string | URL): Promise<Seed> {
  if (typeof source === 'object' && !(source instanceof URL))
    return parse(seedSchema, source, 'The seed');
  const text = await readFile(source, 'utf8').catch((error: unknown) => {
    throw new RequestError(
      `The seed ${String(source)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RequestError(
      `The seed ${String(source)} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return parse(seedSchema, value, `The seed ${String(source)}`);
}
