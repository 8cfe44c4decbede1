import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { misspelt } from '../../src/config/spelling.ts';
import { variables } from '../../src/config/variables.ts';
import { ConfigurationError, readConfig } from '../../src/config.ts';

const key = Buffer.alloc(32, 7).toString('base64');

function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.faults.map((fault) => fault.variable).sort();
    }
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('has a working default for everything', () => {
    const config = readConfig({});
    expect(config.http.port).toBe(4000);
    expect(config.databases.urls).toBeNull();
    expect(config.auth.signer.kind).toBe('embedded');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('treats an empty variable as unset', () => {
    expect(readConfig({ PORT: ' ' }).http.port).toBe(4000);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a port out of range', { PORT: '70000' }, ['PORT']],
    ['a port that is no number', { PORT: '0x50' }, ['PORT']],
    ['a key that is not base64', { TOKEN_ENCRYPTION_KEYS: 'a:§§§' }, ['TOKEN_ENCRYPTION_KEYS']],
    ['a short key', { TOKEN_ENCRYPTION_KEYS: 'a:c2hvcnQ=' }, ['TOKEN_ENCRYPTION_KEYS']],
    [
      'two keys of one id',
      { TOKEN_ENCRYPTION_KEYS: `a:${key},a:${key}` },
      ['TOKEN_ENCRYPTION_KEYS'],
    ],
    [
      'one database without the other',
      { MASTER_DATABASE_URL: 'postgresql://u:p@h/d' },
      ['COMPANY_DATABASE_URL'],
    ],
    ['a database of another kind', { MASTER_DATABASE_URL: 'mysql://h/d' }, ['MASTER_DATABASE_URL']],
    [
      'a short signing secret',
      { AUTH_JWT_SECRET: 'short', AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' },
      ['AUTH_JWT_SECRET'],
    ],
    [
      'a secret without issuer and audience',
      { AUTH_JWT_SECRET: 'x'.repeat(32) },
      ['AUTH_AUDIENCE', 'AUTH_ISSUER'],
    ],
    ['a heartbeat as long as the lease', { HEARTBEAT_SECONDS: '30' }, ['HEARTBEAT_SECONDS']],
    ['a misspelt name', { COMPANY_DATABSE_URL: 'x' }, ['COMPANY_DATABSE_URL']],
    ['a client id without its secret', { MICROSOFT_CLIENT_ID: 'x' }, ['MICROSOFT_CLIENT_SECRET']],
    ['cron with too few fields', { MAIL_SYNC_CRON: '* * *' }, ['MAIL_SYNC_CRON']],
    ['several at once', { PORT: '-1', BACKFILL_DAYS: '0' }, ['BACKFILL_DAYS', 'PORT']],
  ])('refuses %s', (_, env, expected) => {
    expect(faultsOf(env)).toEqual(expected);
  });

  it('refuses development defaults in production', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'AUTH_JWKS_URL',
      'COMPANY_DATABASE_URL',
      'MASTER_DATABASE_URL',
      'PUBLIC_URL',
      'TOKEN_ENCRYPTION_KEYS',
    ]);
  });

  it('accepts a complete production environment', () => {
    const config = readConfig({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://lockstep.test/',
      MASTER_DATABASE_URL: 'postgresql://u:p@db/master',
      COMPANY_DATABASE_URL: 'postgresql://u:p@db/company',
      TOKEN_ENCRYPTION_KEYS: `new:${key},old:${key}`,
      AUTH_JWKS_URL: 'https://id.test/jwks',
      AUTH_ISSUER: 'https://id.test',
      AUTH_AUDIENCE: 'lockstep',
    });
    expect(config.http.publicUrl).toBe('https://lockstep.test');
    expect(config.encryptionKeys?.map((entry) => entry.id)).toEqual(['new', 'old']);
  });

  it('never repeats a value in its message', () => {
    const secret = 'canary-4711';
    const env = {
      MASTER_DATABASE_URL: `mysql://u:${secret}@h/d`,
      AUTH_JWT_SECRET: secret,
      TOKEN_ENCRYPTION_KEYS: secret,
    };
    expect(() => readConfig(env)).toThrow(ConfigurationError);
    expect(() => readConfig(env)).not.toThrow(secret);
  });
});

describe('.env.example', () => {
  it('lists every variable, and no other', () => {
    const text = readFileSync('.env.example', 'utf8');
    const listed = [...text.matchAll(/^#?\s?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(
      Object.keys(variables.shape)
        .filter((name) => name !== 'NODE_ENV')
        .sort(),
    );
  });
});

describe('misspelt', () => {
  it('leaves unrelated and short names alone', () => {
    expect(
      misspelt(['PATH', 'POST', 'HOSTNAME', 'npm_config_cache'], ['PORT', 'DATA_DIR']),
    ).toEqual([]);
  });
});
