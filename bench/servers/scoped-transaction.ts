import type { IncomingHttpHeaders } from 'node:http';
import pg from 'pg';
import { scopeText } from './mail-sql.ts';

/** A transaction for one operation, as the peers' documentation shows it: begun at the first query. */
export class ScopedTransaction {
  readonly #pool: pg.Pool;
  readonly #headers: IncomingHttpHeaders;
  #client: Promise<pg.PoolClient> | null = null;

  constructor(pool: pg.Pool, headers: IncomingHttpHeaders) {
    this.#pool = pool;
    this.#headers = headers;
  }

  get organizationId(): string {
    return String(this.#headers['x-organization-id']);
  }

  async rows<R>(name: string, text: string, values: unknown[] = []): Promise<R[]> {
    this.#client ??= this.#begin();
    const client = await this.#client;
    return (await client.query({ name, text, values })).rows as R[];
  }

  async end(): Promise<void> {
    const client = await this.#client;
    if (!client) return;
    await client.query('commit');
    client.release();
  }

  async #begin(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect();
    await client.query('begin');
    const values = [this.#headers['x-user-id'], this.organizationId];
    await client.query({ name: 'scope', text: scopeText, values });
    return client;
  }
}

export function openPool(): pg.Pool {
  return new pg.Pool({ connectionString: process.argv[2], max: 8 });
}
