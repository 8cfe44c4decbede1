import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextPosition, type RunEvent, requestedActions } from '../../../src/services/sync/state.ts';

const document = readFileSync('docs/sync.md', 'utf8');
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/sync.md', () => {
  const invariants = rows.filter(([id]) => /^S\d+$/.test(id ?? ''));

  it('numbers its invariants without gaps', () => {
    expect(invariants.map(([id]) => id)).toEqual(invariants.map((_, index) => `S${index + 1}`));
  });

  it.each(invariants)('%s has the test it names', (_id, _text, test) => {
    const [, file, title] = /^`([^`]+)`: (.+)$/.exec(test ?? '') ?? [];
    const path = globSync('test/**/*.test.ts').find((found) => basename(found) === file);
    expect(readFileSync(path ?? '', 'utf8')).toContain(title);
  });

  it('tells the moves of a running run as the code makes them', () => {
    const table = rows.filter(([event]) =>
      /^`(complete|fail|give|retry|lease|hold|ho|pa|re|ca)/.test(event ?? ''),
    );
    const running = table.filter((row) => row.length === 4);
    expect(running).toHaveLength(10);
    const words = (event: RunEvent, requested: 'pause' | 'cancel' | null) => {
      const next = nextPosition({ status: 'running', requested }, event);
      if (!next) return ['illegal'];
      if (next.status !== 'running') return [next.status];
      return next.requested ? ['asked', 'asked instead'] : ['request dropped'];
    };
    for (const [cell, ...told] of running) {
      const event = /`(\w+)`/.exec(cell ?? '')?.[1] as RunEvent;
      for (const [index, requested] of [null, ...requestedActions].entries()) {
        expect(words(event, requested), `${event}, ${requested} asked`).toContain(told[index]);
      }
    }
  });
});
