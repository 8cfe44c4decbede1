import type { WholeState } from './control-routes.ts';
import { RequestError } from './request-error.ts';
import type { StatePart } from './state-part.ts';

/** All parts as one document: {"version": 1, "parts": {name: state}}. */
export function wholeState(parts: readonly StatePart[], reset: () => void): WholeState {
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
      const missing = parts
        .filter((part) => saved.parts?.[part.name] === undefined)
        .map((part) => part.name);
      if (missing.length > 0) throw new RequestError(`The snapshot lacks ${missing.join(', ')}.`);
      for (const part of parts) await part.load(saved.parts[part.name]);
    },
    async reset() {
      reset();
    },
  };
}
