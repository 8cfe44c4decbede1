import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi } from './support/api.ts';

describe('viewer', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
    const { acme, globex } = api.tenants;
    for (const [tenant, person] of [
      [acme, acme.members.ana],
      [acme, acme.members.ben],
      [globex, globex.members.gus],
    ] as const) {
      await api.rows(
        `insert into connections (tenant_id, org_id, provider_key, account_email)
         values ($1, $2, 'outlook', $3)`,
        [person.id, tenant.id, person.email],
      );
    }
  });
  afterAll(() => api.close());

  it('shows the caller, the organisation and the own connections only', async () => {
    const { ana } = api.tenants.acme.members;
    const { status, data, errors } = await api.graphql(
      ana,
      `{ viewer {
           member { id email fullName role }
           organization { id name slug }
           connections { id provider status accountEmail canManualSync initialSyncCompleted syncLockReason }
           unreadNotifications
         } }`,
    );
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    expect(data).toEqual({
      viewer: {
        member: {
          id: Buffer.from(`Member:${ana.id}`).toString('base64'),
          email: 'ana@acme.test',
          fullName: 'ana',
          role: 'USER',
        },
        organization: {
          id: Buffer.from(`Organization:${api.tenants.acme.id}`).toString('base64'),
          name: 'Acme',
          slug: 'acme',
        },
        connections: [
          {
            id: expect.any(String),
            provider: 'OUTLOOK',
            status: 'CONNECTED',
            accountEmail: 'ana@acme.test',
            canManualSync: true,
            initialSyncCompleted: false,
            syncLockReason: null,
          },
        ],
        unreadNotifications: 0,
      },
    });
  });

  it('starts the one-time sync once', async () => {
    const { ana } = api.tenants.acme.members;
    const start = `mutation { startInitialSync(input: { provider: OUTLOOK }) {
      __typename
      ... on InitialSyncStarted { status jobId locked backfillDays syncRun { status progress { status } activity { action } connection { accountEmail } } }
      ... on Error { code message }
    } }`;
    const first = await api.graphql(ana, start);
    expect(first.errors).toEqual([]);
    expect(first.data).toMatchObject({
      startInitialSync: {
        __typename: 'InitialSyncStarted',
        status: 'started',
        locked: true,
        syncRun: {
          status: 'QUEUED',
          progress: { status: 'QUEUED' },
          connection: { accountEmail: 'ana@acme.test' },
        },
      },
    });
    const second = await api.graphql(ana, start);
    expect(second.data).toMatchObject({
      startInitialSync: { __typename: 'SyncAlreadyRunningError', code: 'SYNC_ALREADY_RUNNING' },
    });
  });

  it('needs a token', async () => {
    const answer = await api.graphql(null, '{ viewer { member { id } } }');
    expect(answer.status).toBe(401);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
