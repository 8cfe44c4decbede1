import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountsWorld, startAccountsWorld } from './world.ts';

let world: AccountsWorld;
let connectionId = '';

beforeAll(async () => {
  world = await startAccountsWorld();
});
beforeEach(async () => {
  await world.rows('delete from sync_job_queue');
  await world.rows('delete from connections');
  await world.rows('delete from provider_grants');
  await world.connect();
  const [connection] = await world.rows<{ id: string }>('select id from connections');
  connectionId = connection?.id ?? '';
});
afterAll(() => world.close());

const disconnect = (change: { userId?: string; keepMail?: boolean } = {}) =>
  world.accounts.disconnectProvider({
    organizationId: world.tenants.acme.id,
    userId: world.tenants.acme.members.ana.id,
    connectionId,
    keepMail: true,
    ...change,
  });

const addMessage = (id: string) =>
  world.rows(
    `insert into messages (org_id, connection_id, user_id, provider_message_id, direction, received_at)
     values ($1, $2, $3, $4, 'inbound', now())`,
    [world.tenants.acme.id, connectionId, world.tenants.acme.members.ana.id, id],
  );

describe('disconnecting', () => {
  it('forgets the tokens and keeps the mail, the lock and the account’s name', async () => {
    await addMessage('m1');
    await world.rows('update connections set can_manual_sync = false');
    expect(await disconnect()).toEqual({ connectionId, deletedMessages: 0, tokensForgotten: true });
    const [grant] = await world.rows('select * from provider_grants');
    expect(grant).toMatchObject({
      status: 'revoked',
      access_token_sealed: null,
      refresh_token_sealed: null,
    });
    const [connection] = await world.rows('select * from connections');
    expect(connection).toMatchObject({
      status: 'disconnected',
      grant_id: null,
      can_manual_sync: false,
      account_email: 'ana@acme.test',
      generation: 2,
    });
    expect(await world.rows('select provider_message_id from messages')).toHaveLength(1);
    await expect(
      world.accounts.openMail({ organizationId: world.tenants.acme.id, connectionId }),
    ).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('deletes the mail when asked to', async () => {
    await addMessage('m2');
    expect(await disconnect({ keepMail: false })).toMatchObject({ tokensForgotten: true });
    expect(await world.rows('select 1 from messages')).toEqual([]);
  });

  it('asks a run that reads the account to stop', async () => {
    await world.rows(
      `insert into sync_job_queue (org_id, kind, target_id, status, entity_type, source_system)
       values ($1, 'initial_mail', $2, 'running', 'message', 'outlook')`,
      [world.tenants.acme.id, connectionId],
    );
    await disconnect();
    const runs = await world.rows('select requested_action from sync_job_queue');
    expect(runs).toEqual([{ requested_action: 'cancel' }]);
  });

  it('keeps the tokens another purpose still lives on: none yet but connections', async () => {
    const other = await world.rows<{ grant_id: string }>('select grant_id from connections');
    await world.rows(
      `insert into connections (org_id, tenant_id, provider_key, grant_id) values ($1, $2, 'gmail', $3)`,
      [world.tenants.acme.id, world.tenants.acme.members.ana.id, other[0]?.grant_id],
    );
    expect(await disconnect()).toMatchObject({ tokensForgotten: false });
    expect(await world.rows('select status from provider_grants')).toEqual([{ status: 'active' }]);
  });

  it('answers alike for another member’s connection and for none', async () => {
    const foreign = disconnect({ userId: world.tenants.acme.members.ben.id });
    await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const [connection] = await world.rows('select status from connections');
    expect(connection).toEqual({ status: 'connected' });
  });
});
