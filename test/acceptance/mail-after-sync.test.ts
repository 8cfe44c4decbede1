import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from './support/graphql.ts';
import { connectOutlook, startSync } from './support/member.ts';
import { type Product, startProduct, temporaryFolder, tokenOf } from './support/product.ts';

const mailboxOf = 'ben@acme.test';

describe('a mailbox after its one sync', { timeout: 120_000 }, () => {
  const folder = temporaryFolder();
  let product: Product;
  let token: string;
  let mailbox = '';
  let bad = '';

  const ask = async <T>(query: string, variables: Record<string, unknown> = {}): Promise<T> => {
    const answer = await post<T>(product.url, token, query, variables);
    if (!answer.data) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    while (!(await what())) await delay(200);
  };
  const subjects = async (): Promise<string[]> => {
    const { messages } = await ask<{ messages: { edges: { node: { subject: string } }[] } }>(
      '{ messages(first: 20) { edges { node { subject } } } }',
    );
    return messages.edges.map(({ node }) => node.subject);
  };
  /** Edits the mailbox at the provider's stand-in, as its owner would. */
  const edit = async <T>(method: string, path: string, body: unknown): Promise<T> => {
    const answer = await fetch(`${mailbox}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  const add = async (message: Record<string, string>): Promise<string> => {
    const body = { folder: 'inbox', messages: [message] };
    const { messages } = await edit<{ messages: { id: string }[] }>('POST', '/messages', body);
    return messages[0]?.id ?? '';
  };
  const runStatus = async (id: string): Promise<string | undefined> =>
    (
      await ask<{ syncRun: { status: string } | null }>(
        'query Run($id: ID!) { syncRun(id: $id) { status } }',
        { id },
      )
    ).syncRun?.status;

  beforeAll(async () => {
    const { path: dataDir } = await folder;
    product = await startProduct({ dataDir, env: { MAIL_SYNC_CRON: '*/2 * * * * *' } });
    token = await tokenOf(product, mailboxOf);
    const address = await readFile(path.join(dataDir, 'sandbox-address'), 'utf8');
    mailbox = `${address.trim()}/_sandbox/microsoft/mailboxes/${encodeURIComponent(mailboxOf)}`;
    await connectOutlook(product, token, mailboxOf);
    bad = await add({ subject: 'bad', poison: 'bad-date' });
    const { syncRun } = await startSync(product, token);
    await until(async () => (await runStatus(syncRun?.id ?? '')) === 'COMPLETED');
  }, 120_000);

  afterAll(async () => {
    await product?.stop();
    await (await folder).remove();
  });

  it('is followed by itself: mail comes and goes', async () => {
    const added = await add({ subject: 'Came later' });
    await until(async () => (await subjects()).includes('Came later'));
    await edit('POST', `/messages/${encodeURIComponent(added)}/delete`, { permanent: true });
    await until(async () => !(await subjects()).includes('Came later'));
  });

  it('lets a message that was set aside be retried once it can be read', async () => {
    const { failedItems } = await ask<{
      failedItems: { edges: { node: { id: string; itemKey: string; status: string } }[] };
    }>('{ failedItems(first: 5) { edges { node { id itemKey status } } } }');
    const item = failedItems.edges.find(({ node }) => node.itemKey === bad)?.node;
    await edit('PATCH', `/messages/${encodeURIComponent(bad)}`, { poison: 'nul-subject' });
    const { retryFailedItem } = await ask<{ retryFailedItem: Record<string, unknown> }>(
      `mutation Retry($id: ID!) { retryFailedItem(id: $id) {
        __typename ... on Error { message code }
      } }`,
      { id: item?.id },
    );
    expect(retryFailedItem).not.toHaveProperty('code');
    await until(async () => (await subjects()).some((subject) => subject?.startsWith('Nul')));
  });
});
