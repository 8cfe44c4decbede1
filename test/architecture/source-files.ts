import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Import {
  /** Path from the project's root, or the bare package name. */
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Hand-written source files that git knows or would add. */
export function sourceFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  });
  return [...new Set(listed.split('\0'))]
    .filter((file) => /^(src|sandbox|test|scripts|bench|web)\/.*\.(ts|tsx|mjs)$/.test(file))
    .filter((file) => !file.includes('/generated/'))
    .sort();
}

/** The imports and re-exports of one file. */
export function importsOf(file: string): Import[] {
  const { module } = parseSync(file, readFileSync(file, 'utf8'));
  const statics = module.staticImports.map((statement) => ({
    request: statement.moduleRequest.value,
    typeOnly: statement.entries.length > 0 && statement.entries.every((entry) => entry.isType),
  }));
  const exports = module.staticExports.flatMap((statement) =>
    statement.entries.flatMap((entry) =>
      entry.moduleRequest ? [{ request: entry.moduleRequest.value, typeOnly: entry.isType }] : [],
    ),
  );
  return [...statics, ...exports].map(({ request, typeOnly }) => ({
    target: request.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.posix.dirname(file), request))
      : request,
    typeOnly,
  }));
}

/** Import cycles among the given files, each as the list of files along it. */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...trail.slice(trail.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    trail.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    trail.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file);
  return found;
}
