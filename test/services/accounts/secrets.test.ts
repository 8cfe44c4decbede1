import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withOwner } from '../../support/database.ts';
import { type AccountsWorld, startAccountsWorld } from './world.ts';

let world: AccountsWorld;
/** Everything secret that went over the wire, as the sandbox knows it. */
const secrets = new Set<string>();

/** Tokens, codes and verifiers stand in the sandbox's state, however they came about. */
async function collectSecrets(): Promise<void> {
  const text = JSON.stringify(await world.sandbox.control.snapshot());
  const state = text.match(/"microsoft\.grants":(\{.*?\}),"microsoft\./s)?.[1] ?? text;
  for (const [, secret] of state.matchAll(/"((?:1\.A|M\.C5|eyJ|EwB)[\w.=-]{40,})"/g)) {
    if (secret) secrets.add(secret);
  }
}

beforeAll(async () => {
  world = await startAccountsWorld();
  await world.connect({ change: (query) => secrets.add(query.get('code') ?? '') });
  const organizationId = world.tenants.acme.id;
  const { authorizationUrl, cookie } = await world.accounts.connectProvider({
    organizationId,
    userId: world.tenants.acme.members.ben.id,
    provider: 'outlook',
  });
  secrets.add(cookie.value);
  secrets.add(new URL(authorizationUrl).searchParams.get('state') ?? '');
  secrets.add(new URL(authorizationUrl).searchParams.get('nonce') ?? '');
  const [grant] = await world.rows<{ id: string }>('select id from provider_grants');
  for (const fault of ['none', 'status', 'html'] as const) {
    await world.rows(
      'update provider_grants set access_expires_at = now(), refresh_retry_at = null',
    );
    if (fault === 'status') {
      await world.sandbox.control.faults.add({ action: { type: 'status', status: 503 } });
    }
    if (fault === 'html') {
      await world.sandbox.control.faults.clear();
      await world.sandbox.control.faults.add({ action: { type: 'html' } });
    }
    await world.accounts.accessToken(organizationId, grant?.id ?? '').catch(() => undefined);
  }
  await world.sandbox.control.faults.clear();
  await collectSecrets();
  secrets.add('the-client-secret');
  secrets.delete('');
});
afterAll(() => world.close());

describe('secrets', () => {
  it('were really collected', () => {
    expect(secrets.size).toBeGreaterThan(7);
  });

  it('stand nowhere in the database, in no column and no encoding', async () => {
    const dump = await withOwner(world.address.companyUrl, async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      let text = '';
      for (const { name } of tables) {
        const { rows } = await client.query<{ row: string }>(
          `select to_jsonb(t)::text as row from ${name} t`,
        );
        text += rows.map(({ row }) => row).join('\n');
      }
      return text;
    });
    expect(dump).toContain('ana@acme.test');
    for (const secret of secrets) {
      expect(dump.includes(secret)).toBe(false);
      expect(dump.includes(Buffer.from(secret).toString('hex'))).toBe(false);
      expect(dump.includes(Buffer.from(secret).toString('base64'))).toBe(false);
    }
  });

  it('stand in no log line, whatever failed', () => {
    const log = world.lines.join('');
    expect(log).toContain('A token could not be refreshed');
    for (const secret of secrets) expect(log.includes(secret)).toBe(false);
  });
});
