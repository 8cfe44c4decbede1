import type { WholeState } from './control-routes.ts';
import { RequestError } from './request-error.ts';
import type { StatePart } from './state-part.ts';

/** All parts as one document: {"version": 1, "parts": {name: state}}. */
export function wholeState(
  core: readonly StatePart[],
  vendors: readonly (readonly StatePart[])[],
  reset: () => void,
): WholeState {
  const parts = [...core, ...vendors.flat()];
  return {
    save: () => ({
      version: 1,
      parts: Object.fromEntries(parts.map((part) => [part.name, part.save()])),
    }),
    async load(snapshot) {
      const saved = snapshot as { version?: unknown; parts?: Record<string, unknown> } | null;
      if (saved?.version !== 1 || saved.parts === undefined) {
        throw new RequestError(
          'The snapshot is not one of this sandbox: expected {"version": 1, "parts": {...}}.',
        );
      }
      const has = (part: StatePart) => saved.parts?.[part.name] !== undefined;
      // A vendor that is newer than the snapshot keeps what it has.
      const known = [core, ...vendors.filter((list) => list.some(has))].flat();
      const missing = known.filter((part) => !has(part)).map((part) => part.name);
      if (missing.length > 0) throw new RequestError(`The snapshot lacks ${missing.join(', ')}.`);
      for (const part of known) await part.load(saved.parts[part.name]);
    },
    async reset() {
      reset();
    },
  };
}
