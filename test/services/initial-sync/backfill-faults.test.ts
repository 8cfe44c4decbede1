import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultRuleInput } from '../../../sandbox/core/fault-rule.ts';
import { withOwner } from '../../support/database.ts';
import { backfillOf } from './support/backfill-work.ts';
import {
  afterPage,
  type BackfillWorld,
  complete,
  startBackfillWorld,
} from './support/backfill-world.ts';

let world: BackfillWorld;
beforeAll(async () => {
  world = await startBackfillWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const generate = (count: number, folder = 'inbox') => world.mailbox.generate({ folder, count });
/** Lists of messages with bodies, which the backfill reads; not those of ids alone. */
const pages = { path: '/mailFolders/[^/]+/messages$', query: 'select=id,changeKey' };
const fault = (rule: FaultRuleInput) => world.control.faults.add(rule);
const run = async () => {
  const { run: started } = await world.start();
  return world.finish(started.id);
};

describe('passing faults of the provider lose and double nothing', () => {
  const faults: [string, FaultRuleInput['action']][] = [
    ['429 with seconds', { type: 'throttle', seconds: 1 }],
    ['429 with a date', { type: 'throttle', retryAfter: 'date', seconds: 1 }],
    ['503', { type: 'status', status: 503 }],
    ['a page cut in the middle', { type: 'truncate' }],
    ['JSON that ends early', { type: 'truncate', declareFullLength: false }],
    ['HTML instead of JSON', { type: 'html' }],
    ['null instead of a page', { type: 'null' }],
    ['a reset connection', { type: 'reset' }],
    ['an empty page with a link', { type: 'empty-page' }],
    ['items that come twice', { type: 'repeat-items', count: 10 }],
  ];
  test.each(faults)('%s', async (_name, action) => {
    await generate(350);
    await fault({ match: pages, after: 1, times: 2, action });
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual(complete);
  });

  test('a wait that the provider asks for is shown while it lasts', async () => {
    await generate(50);
    await fault({ match: pages, times: 1, action: { type: 'throttle', seconds: 2 } });
    const { run: started } = await world.start();
    const finished = world.finish(started.id);
    let shown: string | null = null;
    while (shown === null) shown = (await world.run(started.id)).waitingReason;
    expect(shown).not.toBe('');
    expect(await finished).toMatchObject({ status: 'completed', waitingReason: null });
  });

  test('an access token that expires in the middle is refreshed once', async () => {
    await generate(350);
    const { run: started } = await world.start();
    const before = await world.tokenCalls();
    const handler = afterPage(
      backfillOf(world.accounts),
      (_, page) => page === 3,
      () => world.control.microsoft.expireAccessTokens('ana@acme.test'),
    );
    expect(await world.finish(started.id, handler)).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual(complete);
    expect((await world.tokenCalls()) - before).toBe(1);
  });

  test('a lost cursor goes on from the oldest stored message', async () => {
    await generate(350);
    await fault({
      match: { ...pages, query: 'skip' },
      after: 1,
      times: 1,
      action: { type: 'status', status: 410, body: { error: { code: 'SyncStateNotFound' } } },
    });
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual(complete);
  });

  test('the limits of Outlook are kept: four requests at a time, no throttling', async () => {
    await world.control.microsoft.changeSettings({ throttle: 'real' });
    await generate(3000);
    await world.control.requests.clear();
    expect(await run()).toMatchObject({ status: 'completed' });
    const { peakConcurrency } = await world.control.requests.counters();
    expect(Math.max(...Object.values(peakConcurrency))).toBeLessThanOrEqual(4);
    const refused = (await world.control.requests.read({})).filter(({ status }) => status === 429);
    expect(refused).toEqual([]);
    expect(await world.compare()).toEqual(complete);
  });
});

describe('one poisonous message', () => {
  const kinds = ['bad-date', 'null-date', 'wrong-types', 'page-error'] as const;
  test.each(kinds)('%s: it is set aside by its id, everything else is stored', async (poison) => {
    await generate(150);
    const [bad] = await world.mailbox.add('inbox', [{ subject: 'bad', poison }]);
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await world.compare()).toEqual({ ...complete, lost: [bad?.id] });
    const [item] = await world.rows('select item_key, code, message from sync_failed_item');
    expect(item).toMatchObject({ item_key: bad?.id });
    const [{ id } = { id: '' }] = await world.rows<{ id: string }>('select id from sync_job_queue');
    expect(await world.result(id)).toMatchObject({
      expected: 151,
      stored: 150,
      setAside: [bad?.id],
      missing: [],
    });
    expect(await world.progress(id)).toMatchObject({
      total_items: 151,
      processed_count: 151,
      failed_count: 1,
    });
  });

  test.each(['nul-subject', 'lone-surrogate'] as const)(
    '%s is cleaned and stored',
    async (poison) => {
      await generate(20);
      await world.mailbox.add('inbox', [{ subject: 'odd', poison }]);
      expect(await run()).toMatchObject({ status: 'completed' });
      expect(await world.compare()).toEqual(complete);
    },
  );

  test('one that the database refuses does not take its page along', async () => {
    await generate(150);
    const [bad] = await world.mailbox.add('inbox', [{ subject: 'refuse me' }]);
    await withOwner(world.databases.companyUrl, (client) =>
      client.query(`alter table messages add constraint refusal check (subject <> 'refuse me')`),
    );
    try {
      expect(await run()).toMatchObject({ status: 'completed' });
      expect(await world.compare()).toEqual({ ...complete, lost: [bad?.id] });
      expect(await world.rows('select item_key from sync_failed_item')).toEqual([
        { item_key: bad?.id },
      ]);
    } finally {
      await withOwner(world.databases.companyUrl, (client) =>
        client.query('alter table messages drop constraint refusal'),
      );
    }
  });
});
