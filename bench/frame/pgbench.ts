import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const debian = '/usr/lib/postgresql';

/** PostgreSQL's own load program: a writer in Node would be what is measured. */
export const pgbench = {
  /** Its path; null, with a word about it, when there is none. */
  find(): string | null {
    if (spawnSync('which', ['pgbench']).status === 0) return 'pgbench';
    const versions = existsSync(debian) ? readdirSync(debian) : [];
    const found = versions.map((version) => `${debian}/${version}/bin/pgbench`).find(existsSync);
    if (!found)
      process.stdout.write(
        'pgbench is not installed: skipped (Debian: apt-get install postgresql-contrib)\n',
      );
    return found ?? null;
  },

  /** Transactions per second. */
  run(program: string, url: string, options: readonly string[]): number {
    const done = spawnSync(program, ['-n', '-M', 'prepared', '-j', '2', ...options, url], {
      encoding: 'utf8',
    });
    const found = /^tps = ([\d.]+)/m.exec(done.stdout)?.[1];
    if (!found) throw new Error(`pgbench said: ${done.stderr.slice(0, 500)}`);
    return Number(found);
  },
};
