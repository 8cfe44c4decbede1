import { join } from 'node:path';

/** Files of an embedded server below the data directory. */
export interface EmbeddedLayout {
  readonly root: string;
  /** PostgreSQL's own directory. */
  readonly cluster: string;
  readonly pidFile: string;
  readonly log: string;
  /** Password and last port, readable by the owner only. */
  readonly state: string;
  /** One file per process that uses the server; the last one to leave stops it. */
  readonly users: string;
  readonly lock: string;
}

export function embeddedLayout(dataDir: string): EmbeddedLayout {
  const root = join(dataDir, 'postgres');
  return {
    root,
    cluster: join(root, 'cluster'),
    pidFile: join(root, 'cluster', 'postmaster.pid'),
    log: join(root, 'postgres.log'),
    state: join(root, 'state.json'),
    users: join(root, 'users'),
    lock: join(root, 'start.lock'),
  };
}
