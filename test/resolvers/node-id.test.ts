import { describe, expect, it } from 'vitest';
import { decodeNodeId, encodeNodeId, requireUuid, uuidOf } from '../../src/resolvers/node-id.ts';

const id = '11111111-1111-4111-8111-11111111111a';

describe('an id', () => {
  it('is read as global id and as plain uuid, in any case', () => {
    expect(decodeNodeId(encodeNodeId('SyncRun', id))).toEqual({ type: 'SyncRun', id });
    expect(decodeNodeId(id.toUpperCase())).toEqual({ type: null, id });
    expect(uuidOf('SyncRun', encodeNodeId('SyncRun', id))).toBe(id);
    expect(uuidOf('SyncRun', id)).toBe(id);
  });

  it.each([
    ['of another type', encodeNodeId('Message', id)],
    ['without a uuid', encodeNodeId('SyncRun', 'x')],
    ['with something behind the uuid', encodeNodeId('SyncRun', `${id}:x`)],
    ['empty', ''],
    ['no base64', 'ä ö'],
    ['huge', 'A'.repeat(100_000)],
  ])('is nothing when it is %s', (_, text) => {
    expect(uuidOf('SyncRun', text)).toBeNull();
    expect(() => requireUuid('SyncRun', text, 'run')).toThrow(
      'There is no such run. Check the id.',
    );
  });
});
