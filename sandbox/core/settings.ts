import { z } from 'zod';
import { parse } from './parse.ts';
import type { StatePart } from './state-part.ts';

export const coreSettingsSchema = z.strictObject({
  /** Unknown query parameters and the like are answered with 400 and written down as violations. */
  strict: z.boolean(),
  /** Every answer waits this long; a random time between the two when they differ. */
  latencyMs: z.strictObject({ from: z.int().min(0), to: z.int().min(0) }),
});
export type CoreSettings = z.output<typeof coreSettingsSchema>;

export const coreDefaults: CoreSettings = { strict: false, latencyMs: { from: 0, to: 0 } };

/** Settings of one area, checked on every change. */
export class Settings<S extends z.ZodObject> implements StatePart {
  readonly name: string;
  readonly #schema: S;
  readonly #defaults: z.output<S>;
  #current: z.output<S>;

  constructor(name: string, schema: S, defaults: z.output<S>) {
    this.name = name;
    this.#schema = schema;
    this.#defaults = defaults;
    this.#current = defaults;
  }

  get current(): z.output<S> {
    return this.#current;
  }

  /** Changes the given members, keeps the rest. */
  change(part: unknown): void {
    const given = parse(z.record(z.string(), z.unknown()), part, `Settings of ${this.name}`);
    this.#current = parse(this.#schema, { ...this.#current, ...given }, `Settings of ${this.name}`);
  }

  reset(): void {
    this.#current = this.#defaults;
  }

  save(): unknown {
    return this.#current;
  }

  load(state: unknown): void {
    this.#current = parse(
      this.#schema,
      { ...this.#defaults, ...(state as object) },
      `Settings of ${this.name}`,
    );
  }
}
