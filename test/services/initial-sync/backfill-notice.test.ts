import { describe, expect, test } from 'vitest';
import {
  backfillNotice,
  type NoticeCircumstances,
} from '../../../src/services/initial-sync/backfill-notice.ts';

const circumstances: NoticeCircumstances = {
  provider: 'outlook',
  memberName: 'Ana',
  stored: 5000,
  setAside: 0,
  missing: 0,
  returned: null,
  error: null,
};

describe('what the member is told', () => {
  test('of a complete sync: the count, and nothing that went wrong', () => {
    const notice = backfillNotice('completed', circumstances);
    expect(notice.title).toBe('Your Outlook mail has been read');
    expect(notice.body).toBe('5000 messages stored; every one was compared with the provider.');
    expect(notice.mail).toMatch(/^Hello Ana,\n\n5000 messages stored/);
  });

  test('of one with set-aside and missing messages: both counts', () => {
    const { body } = backfillNotice('completed', { ...circumstances, setAside: 1, missing: 2 });
    expect(body).toContain('1 message could not be stored');
    expect(body).toContain('2 messages could not be fetched');
  });

  test.each([
    ['right', 'you may start it again'],
    ['override', 'the override is given back'],
    [null, 'retry the run and it goes on from there'],
  ] as const)('of a failed sync, given back %s: what to do now', (returned, sentence) => {
    const { title, body } = backfillNotice('failed', { ...circumstances, returned, error: 'Why.' });
    expect(title).toBe('Reading your Outlook mail has failed');
    expect(body).toMatch(/^Why\. /);
    expect(body).toContain(sentence);
  });

  test('without a name the greeting has none', () => {
    const { mail } = backfillNotice('completed', { ...circumstances, memberName: null });
    expect(mail).toMatch(/^Hello,\n/);
  });
});
