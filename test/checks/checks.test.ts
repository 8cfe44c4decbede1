import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Runs one of package.json's check scripts; what it printed comes with the failure. */
async function check(script: string): Promise<string> {
  const failure = await run('npm', ['run', '--silent', script], { maxBuffer: 1 << 24 }).then(
    () => null,
    (error: { stdout: string; stderr: string }) => `${error.stdout}\n${error.stderr}`,
  );
  return failure ?? '';
}

describe('the tree passes its own checks', () => {
  it.each([
    ['format and lint', 'lint'],
    ['types', 'types'],
    ['generated files are fresh', 'fresh'],
  ])('%s', { timeout: 180_000 }, async (_, script) => {
    expect(await check(script)).toBe('');
  });
});
