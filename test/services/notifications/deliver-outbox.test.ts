import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverOutbox } from '../../../src/services/notifications/deliver-outbox.ts';
import {
  type MailTransport,
  smtpTransport,
} from '../../../src/services/notifications/mail-transport.ts';
import { queueMail } from '../../../src/services/notifications/queue-mail.ts';
import { withOwner } from '../../support/database.ts';
import {
  createStartFixture,
  type StartFixture,
  silentLog,
} from '../initial-sync/support/start-fixture.ts';
import { type MailServer, startMailServer } from './mail-server.ts';

let fixture: StartFixture;
let server: MailServer;
let transport: MailTransport | null;
beforeAll(async () => {
  fixture = await createStartFixture();
  server = await startMailServer();
  transport = smtpTransport(server.url, 'Lockstep <lockstep@acme.test>');
});
afterAll(async () => {
  transport?.close();
  await server.close();
  await fixture.close();
});
beforeEach(async () => {
  await fixture.rows('delete from mail_outbox');
  server.reset();
});

const queue = (dedupeKey: string, to = 'ana@acme.test') =>
  fixture.company.transaction({ role: 'service_role', organizationId: fixture.acme.id }, (tx) =>
    queueMail(tx, {
      organizationId: fixture.acme.id,
      userId: fixture.acme.members.ana.id,
      to,
      subject: `Grüße ${dedupeKey}`,
      body: 'Hello,\n\n.one dot\n',
      dedupeKey,
    }),
  );
const deliver = (by = transport) => deliverOutbox(fixture.company, by, silentLog);
const outbox = () =>
  fixture.rows<{ attempts: number; last_error: string | null; sent: boolean }>(
    'select attempts, last_error, sent_at is not null as sent from mail_outbox order by created_at',
  );

describe('the outbox', () => {
  test('keeps one mail per cause', async () => {
    expect(await queue('a')).toBe(true);
    expect(await queue('a')).toBe(false);
    expect(await outbox()).toHaveLength(1);
  });

  test('is sent over SMTP, each mail once, also by many processes at a time', async () => {
    for (let n = 0; n < 30; n += 1) await queue(`mail ${n}`);
    await Promise.all(Array.from({ length: 5 }, () => deliver()));
    expect(server.mails).toHaveLength(30);
    expect((await outbox()).every(({ sent }) => sent)).toBe(true);
    const [mail] = server.mails;
    expect(mail?.to).toEqual(['ana@acme.test']);
    expect(mail?.data).toMatch(/^From: Lockstep <lockstep@acme.test>/m);
    expect(mail?.data).toMatch(/^Message-ID: <[\w-]{36}@lockstep>/m);
    expect(mail?.data).toContain('one dot');
    expect(await deliver()).toEqual({ sent: 0, failed: 0, kept: 0 });
  });

  test('a refused mail stays with the reason, waits, and does not hold the others', async () => {
    server.refuse('nobody@acme.test');
    await queue('bad', 'nobody@acme.test');
    await queue('good');
    expect(await deliver()).toEqual({ sent: 1, failed: 1, kept: 0 });
    expect(await outbox()).toMatchObject([
      { attempts: 1, sent: false, last_error: expect.stringContaining('550') },
      { attempts: 1, sent: true, last_error: null },
    ]);
    expect(await deliver()).toEqual({ sent: 0, failed: 0, kept: 0 });
    server.reset();
    await withOwner(fixture.databases.companyUrl, (client) =>
      client.query(`
        alter table mail_outbox disable trigger mail_outbox_touch;
        update mail_outbox set updated_at = now() - interval '61 seconds' where sent_at is null;
        alter table mail_outbox enable trigger mail_outbox_touch;`),
    );
    expect(await deliver()).toEqual({ sent: 1, failed: 0, kept: 0 });
    expect(await outbox()).toMatchObject([{ attempts: 2, sent: true, last_error: null }, {}]);
  });

  test('without a mail server it keeps them, says so once, and sends them later', async () => {
    await queue('kept');
    expect(await deliver(null)).toEqual({ sent: 0, failed: 0, kept: 1 });
    expect(await deliver(null)).toEqual({ sent: 0, failed: 0, kept: 0 });
    expect(await outbox()).toMatchObject([
      { attempts: 0, sent: false, last_error: expect.stringContaining('SMTP_URL') },
    ]);
    expect(await deliver()).toMatchObject({ sent: 1 });
    expect(server.mails).toHaveLength(1);
  });

  test('a server that is down fails the mail, not the pass', async () => {
    await queue('down');
    const nowhere = smtpTransport('smtp://127.0.0.1:9', 'a@b.test');
    expect(await deliver(nowhere)).toEqual({ sent: 0, failed: 1, kept: 0 });
    nowhere?.close();
    expect(await outbox()).toMatchObject([{ attempts: 1, sent: false }]);
  });
});
