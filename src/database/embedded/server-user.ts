import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { LockstepError } from '../../errors.ts';

/** The operating-system user that the server runs as when we are root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Null: we are an ordinary user, who runs it himself; as root, an
 * existing unprivileged account is borrowed, so that no account has to be created.
 */
export async function findServerUser(): Promise<ServerUser | null> {
  if (process.platform === 'win32' || userInfo().uid !== 0) return null;
  const accounts = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find(([name]) => name === wanted) ?? [];
    if (uid && gid && Number(uid) !== 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new LockstepError(
    'CONFIGURATION',
    'PostgreSQL must not run as root, and this machine has neither a "postgres" nor a "nobody" user to run it as. ' +
      'Start as an ordinary user, or set MASTER_DATABASE_URL and COMPANY_DATABASE_URL.',
  );
}
