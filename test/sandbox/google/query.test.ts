import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/server.ts';
import { emptySeed, gmailOf, user } from './support/gmail.ts';

const ben = { name: 'Ben Brandt', address: 'ben@acme.test' };
const ana = { name: 'Ana Almeida', address: user };
const carla = { name: 'Carla', address: 'carla@fabrikam.test' };

describe('the search language', () => {
  let sandbox: Sandbox;
  let gmail: Awaited<ReturnType<typeof gmailOf>>;
  const names = new Map<string, string>();

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
    const mailbox = sandbox.control.google.mailbox(user);
    await mailbox.createLabel('Projects/Big Atlas');
    const messages = {
      offer: {
        receivedAt: '2026-01-05T07:59:59.500Z',
        from: ben,
        to: [ana],
        subject: 'Offer for pumps',
        text: 'Forty pumps, cheaply.',
        messageId: '<offer-1@acme.test>',
      },
      // Midnight of 5 January in California.
      midnight: { receivedAt: '2026-01-05T08:00:00Z', from: carla, cc: [ben], text: 'At midnight' },
      sent: {
        receivedAt: '2026-02-01T00:00:00Z',
        labels: ['SENT'],
        from: ana,
        to: [carla],
        subject: 'Re: Offer',
      },
      file: {
        receivedAt: '2026-03-01T00:00:00Z',
        labels: ['Projects/Big Atlas', 'STARRED'],
        subject: 'Drawing',
        text: 'See below',
        files: [{ name: 'plan.pdf', contentType: 'application/pdf', size: 2_000_000 }],
      },
      spam: {
        receivedAt: '2026-03-02T00:00:00Z',
        labels: ['SPAM'],
        subject: 'Offer of a lifetime',
      },
      bin: { receivedAt: '2026-03-03T00:00:00Z', labels: ['TRASH'], subject: 'Old offer' },
      draft: {
        receivedAt: '2026-03-04T00:00:00Z',
        labels: ['DRAFT'],
        from: ana,
        bcc: [ben],
        subject: 'Half done',
      },
    };
    const added = await mailbox.deliver(Object.values(messages));
    for (const [i, name] of Object.keys(messages).entries()) names.set(added[i]?.id ?? '', name);
    gmail = await gmailOf(sandbox);
  });
  afterAll(() => sandbox.close());

  const found = async (query: Record<string, string>): Promise<string> =>
    (await gmail.list(query)).ids.map((id) => names.get(id)).join(' ');

  it.each([
    ['', 'draft file sent midnight offer'],
    ['after:1767571200', 'draft file sent midnight offer'],
    ['after:1767599999', 'draft file sent midnight offer'],
    ['after:1767600000', 'draft file sent midnight'],
    ['before:1767600000', 'offer'],
    ['after:2026/01/05', 'draft file sent midnight'],
    ['after:2026-1-5 before:01/06/2026', 'midnight'],
    ['newer:2026/03/01', 'draft'],
    ['older:2026/01/05', 'offer'],
    ['after:never', ''],
    ['in:inbox', 'midnight offer'],
    ['in:sent', 'sent'],
    ['in:drafts', 'draft'],
    ['in:spam', 'spam'],
    ['in:trash', 'bin'],
    ['in:anywhere offer', 'bin spam sent offer'],
    ['-in:inbox', 'draft file sent'],
    ['is:unread', 'midnight offer'],
    ['is:read', 'draft file sent'],
    ['is:starred', 'file'],
    ['label:projects-big-atlas', 'file'],
    ['label:"Projects/Big Atlas"', 'file'],
    ['label:nothing', ''],
    ['from:ben', 'offer'],
    ['from:ben@acme.test', 'offer'],
    ['from:me', 'draft sent'],
    ['to:carla', 'sent'],
    ['to:me', 'file midnight offer'],
    ['cc:ben', 'midnight'],
    ['bcc:ben', 'draft'],
    ['subject:offer', 'sent offer'],
    ['subject:"offer for"', 'offer'],
    ['subject:(offer pumps)', 'offer'],
    ['subject:{drawing half}', 'draft file'],
    ['from:ben OR from:carla', 'midnight offer'],
    ['{from:ben is:starred}', 'file offer'],
    ['(in:sent OR in:drafts) -subject:half', 'sent'],
    ['-from:me in:inbox -is:starred', 'midnight offer'],
    ['has:attachment', 'file'],
    ['-has:attachment in:inbox', 'midnight offer'],
    ['has:userlabels', 'file'],
    ['filename:pdf', 'file'],
    ['larger:1M', 'file'],
    ['rfc822msgid:offer-1@acme.test', 'offer'],
    ['rfc822msgid:<offer-1@acme.test>', 'offer'],
    ['cheaply', 'offer'],
    ['"at midnight"', 'midnight'],
    ['pumps cheaply from:ben after:1767571200 in:inbox -has:attachment', 'offer'],
    ['http://nowhere', ''],
  ])('finds by %j', async (q, expected) => {
    expect(await found({ q })).toBe(expected);
  });

  it('demands all labelIds, and leaves spam and bin out unless they are named', async () => {
    expect(await found({ labelIds: 'SPAM' })).toBe('spam');
    expect(await found({ includeSpamTrash: 'true', q: 'offer' })).toBe('bin spam sent offer');
    const both = await gmail.get<{ messages: unknown[] }>(
      '/messages?labelIds=STARRED&labelIds=Label_1',
    );
    expect(both.messages).toHaveLength(1);
    const none = await gmail.get('/messages?labelIds=STARRED&labelIds=INBOX');
    expect(none).not.toHaveProperty('messages');
    expect((await gmail.refused('/messages?labelIds=Label_99')).status).toBe(400);
  });

  it('knows ages, and a second bound that excludes', async () => {
    await sandbox.control.clock.freeze();
    await sandbox.control.clock.set(new Date('2026-03-05T00:00:00Z'));
    expect(await found({ q: 'newer_than:2d' })).toBe('draft');
    expect(await found({ q: 'older_than:1m' })).toBe('sent midnight offer');
    await sandbox.control.google.changeSettings({ afterBound: 'exclusive' });
    expect(await found({ q: 'after:1767600000' })).toBe('draft file sent');
    expect(await found({ q: 'after:1767599999' })).toBe('draft file sent midnight');
  });
});
