import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi } from './support/api.ts';

/** What an operation asks of the database must not grow with the rows it shows. */
describe('the queries of nested lists', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
    const { acme } = api.tenants;
    for (const person of Object.values(acme.members)) {
      await api.rows(
        `with c as (insert into connections (tenant_id, org_id, provider_key) values ($1, $2, 'outlook') returning id),
              m as (insert into messages (org_id, connection_id, user_id, provider_message_id, direction, received_at)
                    select $2, c.id, $1, 'm' || n, 'inbound', now() from c, generate_series(1, 40) n),
              r as (insert into sync_job_queue (org_id, user_id, kind, target_id, entity_type, source_system, status)
                    select $2, $1, 'initial_mail', c.id, 'message', 'outlook', 'completed'
                      from c, generate_series(1, 10) returning id),
              p as (insert into sync_progress (org_id, sync_id, entity_type, source_system, total_items)
                    select $2, r.id::text, 'message', 'outlook', 3 from r)
         insert into sync_activity_log (org_id, sync_id, action, message, user_id)
         select $2, r.id::text, 'progress', 'page ' || n, $1 from r, generate_series(1, 30) n`,
        [person.id, acme.id],
      );
    }
  });
  afterAll(() => api.close());

  async function callsOf(query: string) {
    const { adam } = api.tenants.acme.members;
    api.calls.length = 0;
    const { errors, data } = await api.graphql(adam, query);
    expect(errors).toEqual([]);
    return { calls: [...api.calls], data };
  }

  it('are the same few for one run as for thirty', async () => {
    const query = (first: number) => `{ syncRuns(first: ${first}) { edges { node {
      id status progress { percent } activity { message } member { email } connection { provider member { email } }
    } } } }`;
    const one = await callsOf(query(1));
    const many = await callsOf(query(30));
    const expected = [
      '$queryRawUnsafe',
      'syncRun.findMany',
      'syncProgress.findMany',
      '$queryRaw',
      'userExtended.findMany',
      'connection.findUnique',
    ];
    expect(expected).toEqual(expect.arrayContaining(one.calls));
    const counted = many.calls.filter((call) => call !== 'connection.findUnique');
    // Prisma itself makes one statement of the findUnique calls of one tick.
    expect(counted.sort()).toEqual(
      expected.filter((call) => call !== 'connection.findUnique').sort(),
    );
  });

  it('take the newest twenty entries of each run, not all of them', async () => {
    const { data } = await callsOf(
      '{ syncRuns(first: 5) { edges { node { activity { message } } } } }',
    );
    const { edges } = JSON.parse(JSON.stringify(data?.['syncRuns']));
    for (const { node } of edges as { node: { activity: { message: string }[] } }[]) {
      expect(node.activity).toHaveLength(20);
      expect(new Set(node.activity.map(({ message }) => message)).size).toBe(20);
    }
  });

  it('are two for a page of messages with their accounts', async () => {
    const { calls } = await callsOf(
      '{ messages(first: 100) { edges { node { subject connection { provider } } } } }',
    );
    expect(calls).toEqual(['$queryRawUnsafe', 'message.findMany']);
  });

  it('are one for an object with its account, whichever columns it has', async () => {
    const [message] = await api.rows<{ id: string }>('select id from messages limit 1');
    const id = Buffer.from(`Message:${message?.id}`).toString('base64');
    const { calls, data } = await callsOf(
      `{ node(id: "${id}") { id ... on Message { subject connection { provider } } } }`,
    );
    expect(calls).toEqual(['message.findUnique']);
    expect(data?.['node']).toMatchObject({ id, connection: { provider: 'OUTLOOK' } });
  });

  it('borrow no client for what needs none', async () => {
    expect((await callsOf('{ __typename }')).calls).toEqual([]);
    expect((await callsOf('mutation { markNotificationsRead { count } }')).calls).toEqual([]);
  });
});
