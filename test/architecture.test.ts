import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerOf } from './architecture/layers.ts';
import { cycles, importsOf, sourceFiles } from './architecture/source-files.ts';

const files = sourceFiles();
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const lines = (file: string) => readFileSync(file, 'utf8').split('\n').length - 1;
const layered = files.filter((file) => /^(src|sandbox)\//.test(file));

describe('the tree', () => {
  it('puts every source file into a known part', () => {
    expect(layered.filter((file) => !layerOf(file))).toEqual([]);
  });

  it('imports one way only', () => {
    const wrong = layered.flatMap((file) => {
      const layer = layerOf(file);
      return (imports.get(file) ?? [])
        .filter(({ target }) => /^(src|sandbox|test|bench|web)\//.test(target))
        .filter(({ target, typeOnly }) => {
          if (!layer || layerOf(target) === layer) return false;
          const allowed = typeOnly ? [...layer.may, ...(layer.types ?? [])] : layer.may;
          return !allowed.some((prefix) => target === prefix || target.startsWith(`${prefix}/`));
        })
        .map(({ target }) => `${file} -> ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps acceptance tests outside: they speak to the product over HTTP and sockets only', () => {
    const inside = files
      .filter((file) => file.startsWith('test/acceptance/'))
      .flatMap((file) =>
        (imports.get(file) ?? [])
          .filter(({ target }) => /^(src|sandbox)\//.test(target))
          .map(({ target }) => `${file} -> ${target}`),
      );
    expect(inside).toEqual([]);
  });

  it('has no import cycle', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        (imports.get(file) ?? []).filter(({ typeOnly }) => !typeOnly).map(({ target }) => target),
      ]),
    );
    expect(cycles(graph)).toEqual([]);
  });

  it('finds a cycle where there is one', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ]);
    expect(cycles(graph)).toEqual([['a', 'b', 'c', 'a']]);
  });
});

describe('a file', () => {
  it('has at most 300 lines', () => {
    expect(files.filter((file) => lines(file) > 300)).toEqual([]);
  });

  it('is short as a rule: the median of src is below 100 lines', () => {
    const sizes = files
      .filter((file) => file.startsWith('src/'))
      .map(lines)
      .sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(100);
  });

  it('is not named after nothing in particular', () => {
    const vague = /^(utils?|helpers?|common|misc|shared)\b/;
    expect(files.filter((file) => vague.test(path.basename(file)))).toEqual([]);
  });

  it('switches off no type or lint rule', () => {
    // `any` itself is an error of the linter.
    const off = /@ts-(ignore|nocheck|expect-error)|biome-ignore/;
    const guilty = files.filter(
      (file) => file !== 'test/architecture.test.ts' && off.test(readFileSync(file, 'utf8')),
    );
    expect(guilty).toEqual([]);
  });

  it('reads the environment only in src/config.ts', () => {
    const readers = files.filter(
      (file) => file.startsWith('src/') && readFileSync(file, 'utf8').includes('process.env'),
    );
    expect(readers).toEqual(['src/config.ts']);
  });

  it('does not log past the logger', () => {
    const talkers = files.filter(
      (file) => file.startsWith('src/') && /\bconsole\./.test(readFileSync(file, 'utf8')),
    );
    expect(talkers).toEqual([]);
  });
});
