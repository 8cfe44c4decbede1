/**
 * Which part of the tree may import which, as data. A part is the longest matching prefix; a file
 * may always import its own part. Adding a line here is an architectural decision: say why.
 */
export interface Layer {
  /** Path prefix from the project's root. */
  readonly prefix: string;
  /** Prefixes of other parts it may import; types of any part under src may be imported besides
   * where `types` says so. */
  readonly may: readonly string[];
  /** Parts of which it may import types only. */
  readonly types?: readonly string[];
}

const pure = ['src/lib', 'src/errors.ts', 'src/log.ts'];
const ground = [...pure, 'src/providers/errors.ts'];
/** What services may use; boxes of this list do not import each other. */
const boxes = ['src/database', 'src/providers', 'src/storage', 'src/events', 'src/queue'];

export const layers: readonly Layer[] = [
  { prefix: 'src/lib', may: [] },
  { prefix: 'src/errors.ts', may: [] },
  { prefix: 'src/log.ts', may: [] },
  { prefix: 'src/config', may: pure },
  { prefix: 'src/config.ts', may: [...pure, 'src/config'] },
  { prefix: 'src/providers/errors.ts', may: pure },
  { prefix: 'src/database', may: pure },
  { prefix: 'src/providers', may: ground },
  { prefix: 'src/storage', may: ground },
  { prefix: 'src/events', may: ground, types: ['src/database'] },
  { prefix: 'src/queue', may: ground, types: ['src/database'] },
  { prefix: 'src/services', may: [...ground, ...boxes] },
  { prefix: 'src/jobs', may: [...ground, 'src/services', 'src/queue'], types: ['src/database'] },
  {
    prefix: 'src/resolvers',
    may: [...ground, 'src/services'],
    types: ['src/database', 'src/events', 'src/http'],
  },
  { prefix: 'src/schema', may: [...ground, 'src/resolvers', 'src/database/generated'] },
  {
    prefix: 'src/http',
    may: [...ground, 'src/services', 'src/events'],
    types: ['src/database', 'src/resolvers'],
  },
  {
    prefix: 'src/cli',
    may: [...ground, 'src/services', 'src/start', 'src/database', 'src/config.ts'],
    types: ['src/config'],
  },
  // `npm start` is the whole product in one process, the provider stand-ins included.
  { prefix: 'src/start', may: ['src', 'sandbox'] },
  { prefix: 'sandbox', may: [] },
];

/** The layer a file belongs to: its longest matching prefix. */
export function layerOf(file: string): Layer | undefined {
  return layers
    .filter(({ prefix }) => file === prefix || file.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}
