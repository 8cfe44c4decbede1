import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WholeState } from './core/control-routes.ts';

export interface KeptState {
  /** Says that something may have changed; the file follows within a second. */
  changed(): void;
  /** Writes now. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/** Loads the state from a file when there is one, and keeps the file up to date. */
export async function keepState(
  file: string,
  state: WholeState,
  log?: (line: string) => void,
): Promise<KeptState> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null) {
    try {
      await state.load(JSON.parse(text));
    } catch (error) {
      log?.(
        `The state in ${file} cannot be used and is replaced: ${error instanceof Error ? error.message : String(error)}`,
      );
      await state.reset();
    }
  }
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();
  const write = (): Promise<void> => {
    timer = null;
    writing = writing.then(async () => {
      await mkdir(dirname(file), { recursive: true });
      // Written beside and renamed, so that a kill leaves the old or the new state, never half of one.
      await writeFile(`${file}.new`, JSON.stringify(state.save()), { mode: 0o600 });
      await rename(`${file}.new`, file);
    });
    return writing;
  };
  const save = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    return write();
  };
  return {
    changed() {
      timer ??= setTimeout(
        () =>
          void write().catch((error: unknown) =>
            log?.(`The state could not be written: ${String(error)}`),
          ),
        500,
      );
    },
    save,
    close: save,
  };
}
