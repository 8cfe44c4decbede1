import type pg from 'pg';

/** One end-to-end check: throws, with a sentence, when the database does not do what it should. */
export interface DatabaseCheck {
  readonly name: string;
  run(client: pg.ClientBase): Promise<void>;
}
