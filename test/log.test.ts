import { describe, expect, it } from 'vitest';
import { createLog, redactText } from '../src/log.ts';

function lines(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(
    createLog({
      level: 'info',
      format: 'json',
      destination: {
        write: (line) => {
          text += line;
        },
      },
    }),
  );
  return text;
}

describe('createLog', () => {
  it('writes one JSON document a line', () => {
    const text = lines((log) => log.info({ runId: 'r1' }, 'started'));
    expect(JSON.parse(text)).toMatchObject({ runId: 'r1', msg: 'started' });
  });

  it.each([
    ['a key that holds a secret', { token: 'canary-1' }],
    ['a nested one', { request: { headers: { authorization: 'canary-1' } } }],
    ['a connection string in a text', { reason: 'cannot reach postgresql://u:canary-1@h:5432/d' }],
    ['a bearer in a text', { reason: 'sent Bearer canary-1' }],
    ['a code in an address', { url: '/oauth/callback/microsoft?code=canary-1&x=2' }],
    ['an error of a driver', { err: new Error('postgres://u:canary-1@h/d refused') }],
  ])('redacts %s', (_, fields) => {
    const text = lines((log) => log.warn(fields, 'trouble'));
    expect(text).not.toContain('canary-1');
    expect(text).toContain('redacted');
  });
});

describe('an error in the log', () => {
  it('is told with its cause, without what a driver hangs on it', () => {
    const cause = Object.assign(new Error('gone'), {
      code: '57P01',
      client: { password: 'canary-2' },
    });
    const text = lines((log) => log.error({ err: new Error('read failed', { cause }) }, 'trouble'));
    expect(JSON.parse(text).err).toMatchObject({
      message: 'read failed',
      cause: { message: 'gone', code: '57P01' },
    });
    expect(text).not.toContain('canary-2');
  });
});

describe('redactText', () => {
  it('leaves ordinary texts alone', () => {
    expect(redactText('5 of 20 messages at https://lockstep.test/path')).toBe(
      '5 of 20 messages at https://lockstep.test/path',
    );
  });
});
