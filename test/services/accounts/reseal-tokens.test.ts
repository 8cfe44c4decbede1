import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountsWorld, openAccounts, startAccountsWorld } from './world.ts';

let world: AccountsWorld;

beforeAll(async () => {
  world = await startAccountsWorld();
  await world.connect();
  await world.connect({ userId: world.tenants.acme.members.ben.id, account: 'ben@acme.test' });
});
afterAll(() => world.close());

const newKey = { id: 'k2', key: randomBytes(32).toString('hex') };
const grants = () =>
  world.rows<{ id: string; access_token_sealed: string; refresh_token_sealed: string }>(
    'select id, access_token_sealed, refresh_token_sealed from provider_grants order by id',
  );

describe('changing the encryption key', () => {
  it('seals everything anew, after which the old key is not needed', async () => {
    const [grant] = await grants();
    const organizationId = world.tenants.acme.id;
    const token = await world.accounts.accessToken(organizationId, grant?.id ?? '');
    const both = openAccounts({ ...world.address, keys: [newKey, ...world.address.keys] });
    const only = openAccounts({ ...world.address, keys: [newKey] });
    try {
      const early = only.accounts.accessToken(organizationId, grant?.id ?? '');
      await expect(early).rejects.toMatchObject({ code: 'CREDENTIALS_UNREADABLE' });
      expect(await both.accounts.accessToken(organizationId, grant?.id ?? '')).toBe(token);
      const runs = await Promise.all([both.accounts.resealTokens(), both.accounts.resealTokens()]);
      expect(runs.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(2);
      for (const row of await grants()) {
        expect(row.access_token_sealed).toMatch(/^v1:k2:/);
        expect(row.refresh_token_sealed).toMatch(/^v1:k2:/);
      }
      expect(await only.accounts.accessToken(organizationId, grant?.id ?? '')).toBe(token);
      expect(await both.accounts.resealTokens()).toEqual({ resealed: 0, unreadable: 0 });
    } finally {
      await both.close();
      await only.close();
    }
  });

  it('counts what cannot be read and goes on', async () => {
    await world.rows(
      `update provider_grants set access_token_sealed = 'v1:lost:AAAA'
       where id = (select id from provider_grants order by id limit 1)`,
    );
    const both = openAccounts({ ...world.address, keys: [...world.address.keys, newKey] });
    expect(await both.accounts.resealTokens()).toEqual({ resealed: 1, unreadable: 1 });
    await both.close();
  });
});
