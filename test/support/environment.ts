import { env } from 'node:process';

/** A server to test against instead of an embedded one; its role may create databases and roles. */
export const testDatabaseUrl = env['TEST_DATABASE_URL'] || undefined;
