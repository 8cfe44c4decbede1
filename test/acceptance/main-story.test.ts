import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventStream, post, socketClient } from './support/graphql.ts';
import {
  connectOutlook,
  type Progress,
  type ProgressEvent,
  progressSubscription,
  startSync,
} from './support/member.ts';
import {
  type Product,
  runCommand,
  startProduct,
  temporaryFolder,
  tokenOf,
} from './support/product.ts';

const isFinal = (progress: Progress) =>
  ['COMPLETED', 'FAILED', 'CANCELLED'].includes(progress.status);

/** Watches one run over a socket until it ends. */
async function watchSocket(product: Product, token: string, id: string): Promise<Progress[]> {
  const client = socketClient(product.url, token);
  const seen: Progress[] = [];
  const events = client.iterate({ query: progressSubscription, variables: { id } });
  for await (const event of events as AsyncIterableIterator<ProgressEvent>) {
    if (!event.data) throw new Error(JSON.stringify(event.errors));
    seen.push(event.data.syncProgress);
    if (isFinal(event.data.syncProgress)) break;
  }
  await client.dispose();
  return seen;
}

/** Watches one run over server-sent events until it ends. */
async function watchEvents(product: Product, token: string, id: string): Promise<Progress[]> {
  const stop = new AbortController();
  const seen: Progress[] = [];
  const stream = eventStream<ProgressEvent>(
    product.url,
    token,
    progressSubscription,
    { id },
    stop.signal,
  );
  for await (const event of stream) {
    if (!event.data) throw new Error(JSON.stringify(event.errors));
    seen.push(event.data.syncProgress);
    if (isFinal(event.data.syncProgress)) break;
  }
  stop.abort();
  return seen;
}

describe('a member syncs a year of mail, once', { timeout: 180_000 }, () => {
  const folder = temporaryFolder();
  let product: Product;
  let ana: string;
  let olga: string;
  const started: string[] = [];

  beforeAll(async () => {
    product = await startProduct({ dataDir: (await folder).path });
    ana = await tokenOf(product, 'ana@acme.test');
    olga = await tokenOf(product, 'olga@lockstep.test');
  }, 120_000);

  afterAll(async () => {
    await product?.stop();
    await (await folder).remove();
  });

  it('tells a member who has not connected to do so', async () => {
    expect(await startSync(product, ana)).toMatchObject({
      __typename: 'NotConnectedError',
      code: 'NOT_CONNECTED',
    });
  });

  it('connects Outlook by a consent in the browser', async () => {
    const end = await connectOutlook(product, ana, 'ana@acme.test');
    expect(end.origin).toBe(product.url);
    const answer = await post<{ viewer: { connections: Record<string, unknown>[] } }>(
      product.url,
      ana,
      '{ viewer { connections { provider status canManualSync initialSyncCompleted } } }',
    );
    expect(answer.data?.viewer.connections).toEqual([
      {
        provider: 'OUTLOOK',
        status: 'CONNECTED',
        canManualSync: true,
        initialSyncCompleted: false,
      },
    ]);
  });

  it('runs, live over both transports, until every message is there', async () => {
    const answer = await startSync(product, ana, 'first');
    expect(answer).toMatchObject({ status: 'started', backfillDays: 365, locked: true });
    const id = answer.syncRun?.id ?? '';
    started.push(id);
    const [overSocket, overEvents] = await Promise.all([
      watchSocket(product, ana, id),
      watchEvents(product, ana, id),
    ]);
    for (const seen of [overSocket, overEvents]) {
      const last = seen.at(-1);
      expect(last).toMatchObject({ status: 'COMPLETED', failedCount: 0 });
      expect(last?.processedCount).toBe(last?.totalItems);
      expect(last?.processedCount).toBeGreaterThan(3_000);
      const counts = seen.map((progress) => progress.processedCount);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(seen.length).toBeGreaterThan(2);
    }
  });

  it('answers the same key with the same run', async () => {
    expect((await startSync(product, ana, 'first')).syncRun?.id).toBe(started[0]);
  });

  it('refuses a second start as locked, and says since when and whom to ask', async () => {
    const answer = await startSync(product, ana);
    expect(answer).toMatchObject({ __typename: 'SyncLockedError', code: 'SYNC_LOCKED' });
    expect(Date.parse(answer.lockedAt ?? '')).toBeGreaterThan(0);
    expect(answer.unlockHint).toMatch(/admin/i);
    const rest = await fetch(`${product.url}/sync/initial/outlook`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ana}` },
    });
    expect(rest.status).toBe(403);
    expect(await rest.json()).toMatchObject({ error: { code: 'SYNC_LOCKED' } });
  });

  it('lets the override work exactly once more', async () => {
    const company = await post<{ viewer: { organization: { id: string } } }>(
      product.url,
      ana,
      '{ viewer { organization { id } } }',
    );
    const granted = await post<{ grantOverride: { active?: boolean; message?: string } }>(
      product.url,
      olga,
      `mutation Grant($id: ID!) { grantOverride(input: { companyId: $id, reason: "new laptop" }) {
        ... on Override { active reason grantedBy } ... on Error { message code }
      } }`,
      { id: company.data?.viewer.organization.id },
    );
    expect(granted.data?.grantOverride).toMatchObject({ active: true });
    const again = await startSync(product, ana);
    expect(again).toMatchObject({ status: 'started', locked: true });
    expect(again.syncRun?.id).not.toBe(started[0]);
    const seen = await watchSocket(product, ana, again.syncRun?.id ?? '');
    expect(seen.at(-1)?.status).toBe('COMPLETED');
    expect((await startSync(product, ana)).code).toBe('SYNC_LOCKED');
  });

  it('lets no other organisation see any of it', async () => {
    const gina = await tokenOf(product, 'gina@globex.test');
    const answer = await post<{ syncRun: unknown; messages: { edges: unknown[] } }>(
      product.url,
      gina,
      'query See($id: ID!) { syncRun(id: $id) { id } messages(first: 5) { edges { node { id } } } }',
      { id: started[0] },
    );
    expect(answer.data).toEqual({ syncRun: null, messages: { edges: [] } });
  });

  it('stops on Ctrl-C with nothing left, and keeps its data for the next start', async () => {
    expect(await product.stop()).toBe(0);
    product = await startProduct({ dataDir: product.dataDir });
    const answer = await post<{ messages: { edges: { node: { subject: string } }[] } }>(
      product.url,
      ana,
      '{ messages(first: 3) { edges { node { subject } } } }',
    );
    expect(answer.data?.messages.edges).toHaveLength(3);
    const status = await runCommand(product, 'migrate', 'status', '--json');
    expect(status.code).toBe(0);
    expect(new Set(JSON.parse(status.stdout).map((row: { state: string }) => row.state))).toEqual(
      new Set(['applied']),
    );
  });
});
