import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi } from './support/api.ts';

const random = '99999999-9999-4999-8999-999999999999';
const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');

describe('an id', () => {
  let api: Api;
  let own: Record<string, string>;
  let foreign: Record<string, string>;

  beforeAll(async () => {
    api = await openApi();
    const { acme, globex } = api.tenants;
    const rowsOf = async (organization: string, user: string) => {
      const [row] = await api.rows<Record<string, string>>(
        `with c as (insert into connections (tenant_id, org_id, provider_key) values ($1, $2, 'outlook') returning id),
              r as (insert into sync_job_queue (org_id, user_id, kind, target_id, entity_type, source_system)
                    select $2, $1, 'initial_mail', c.id, 'message', 'outlook' from c returning id),
              m as (insert into messages (org_id, connection_id, user_id, provider_message_id, direction)
                    select $2, c.id, $1, 'm', 'inbound' from c returning id),
              f as (insert into sync_failed_item (org_id, run_id, user_id, item_key, code, message)
                    select $2, r.id, $1, 'm', 'ITEM_INVALID', 'x' from r returning id),
              n as (insert into notifications (org_id, user_id, kind, title) values ($2, $1, 'x', 'x') returning id)
         select c.id as "Connection", r.id as "SyncRun", m.id as "Message", f.id as "FailedItem", n.id as "Notification"
           from c, r, m, f, n`,
        [user, organization],
      );
      return { ...row, Organization: organization, Member: user };
    };
    own = await rowsOf(acme.id, acme.members.ana.id);
    foreign = await rowsOf(globex.id, globex.members.gus.id);
  });
  afterAll(() => api.close());

  const node = async (id: string) => {
    const query = 'query A($id: ID!) { node(id: $id) { __typename id } }';
    return (await api.graphql(api.tenants.acme.members.ana, query, { id })).data?.['node'];
  };

  it('finds every kind of object, as global id and as plain uuid', async () => {
    for (const [type, id] of Object.entries(own)) {
      const expected = { __typename: type, id: globalId(type, id) };
      expect(await node(globalId(type, id))).toEqual(expected);
      if (type !== 'Organization') expect(await node(id)).toEqual(expected);
    }
  });

  it('finds nothing when it is foreign, unknown, of another type or malformed', async () => {
    for (const [type, id] of Object.entries(foreign)) {
      expect([type, await node(globalId(type, id)), await node(id)]).toEqual([type, null, null]);
    }
    const wrong = [
      globalId('SyncRun', random),
      random,
      globalId('Message', own['SyncRun'] ?? ''),
      globalId('Nothing', own['SyncRun'] ?? ''),
      globalId('SyncRun', 'x'),
      '',
      'a'.repeat(10_000),
      "' or 1=1",
      '\0',
    ];
    for (const id of wrong) expect(await node(id)).toBeNull();
  });

  it('is refused by mutations with NOT_FOUND and one text, whatever is wrong with it', async () => {
    const { ana } = api.tenants.acme.members;
    for (const mutation of [
      'pauseSync',
      'resumeSync',
      'cancelSync',
      'retrySync',
      'retryFailedItem',
    ]) {
      const type = mutation === 'retryFailedItem' ? 'FailedItem' : 'SyncRun';
      const ids = [
        globalId(type, foreign[type] ?? ''),
        foreign[type],
        random,
        globalId(type, random),
        'x',
      ];
      const answers = await Promise.all(
        ids.map((id) =>
          api.graphql(ana, `mutation A($id: ID!) { ${mutation}(id: $id) { __typename } }`, { id }),
        ),
      );
      for (const { errors } of answers) {
        expect(errors).toMatchObject([
          { message: answers[0]?.errors[0]?.message, extensions: { code: 'NOT_FOUND' } },
        ]);
      }
    }
  });

  it('takes about the same time to refuse, foreign or random (G49, G50)', async () => {
    const { ana } = api.tenants.acme.members;
    const time = async (id: string) => {
      const startedAt = performance.now();
      await api.graphql(ana, 'query A($id: ID!) { syncRun(id: $id) { id } }', { id });
      return performance.now() - startedAt;
    };
    const foreignTimes: number[] = [];
    const randomTimes: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      foreignTimes.push(await time(foreign['SyncRun'] ?? ''));
      randomTimes.push(await time(random));
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length / 2] ?? 0;
    const ratio = median(foreignTimes) / median(randomTimes);
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.3);
  });

  it('controls an own run by either form', async () => {
    const { ana } = api.tenants.acme.members;
    const control = (mutation: string, id: string) =>
      api.graphql(
        ana,
        `mutation A($id: ID!) { ${mutation}(id: $id) {
           __typename ... on SyncRun { id status } ... on Error { code message } } }`,
        { id },
      );
    const id = own['SyncRun'] ?? '';
    expect((await control('pauseSync', id)).data).toEqual({
      pauseSync: { __typename: 'SyncRun', id: globalId('SyncRun', id), status: 'PAUSED' },
    });
    expect((await control('pauseSync', globalId('SyncRun', id))).data).toMatchObject({
      pauseSync: { __typename: 'SyncRefusedError', code: 'ILLEGAL_TRANSITION' },
    });
    expect((await control('cancelSync', id)).data).toMatchObject({
      cancelSync: { status: 'CANCELLED' },
    });
  });
});
