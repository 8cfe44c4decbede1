import { describe, expect, it } from 'vitest';
import type { StoredAccount } from '../../src/services/access-account.ts';
import {
  hasRole,
  type MemberWish,
  memberOf,
  requireRole,
  rowScope,
} from '../../src/services/access-member.ts';

const home = '10000000-0000-4000-8000-000000000001';
const second = '20000000-0000-4000-8000-000000000002';
const foreign = '30000000-0000-4000-8000-000000000003';
const account: StoredAccount = {
  userId: '11111111-1111-4111-8111-111111111111',
  email: 'ana@acme.test',
  homeOrganizationId: home,
  active: true,
  profileRole: 'user',
  memberships: [
    { organizationId: second, role: 'member' },
    { organizationId: home, role: 'member' },
  ],
  wishedExists: true,
};
const wish: MemberWish = {
  organizationId: null,
  companyId: null,
  tokenExpiresAt: new Date('2026-05-01T12:00:00Z'),
};

describe('the member behind an account', () => {
  it('acts in the home organisation unless another one is chosen', () => {
    expect(memberOf(account, wish)).toMatchObject({ organizationId: home, role: 'user' });
    expect(memberOf(account, { ...wish, organizationId: second.toUpperCase() })).toMatchObject({
      organizationId: second,
      organizations: [second, home],
    });
  });

  it('acts in a remaining organisation when the home one is inactive', () => {
    const moved = { ...account, memberships: account.memberships.slice(0, 1) };
    expect(memberOf(moved, wish)).toMatchObject({ organizationId: second });
  });

  it.each([
    ['foreign', foreign],
    ['malformed', "' or 1=1"],
    ['empty', ''],
  ])('may not choose a %s organisation', (_, organizationId) => {
    expect(() => memberOf(account, { ...wish, organizationId })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', details: { field: 'x-organization-id' } }),
    );
  });

  it.each<[string, StoredAccount | null]>([
    ['unknown', null],
    ['inactive', { ...account, active: false }],
    ['without any organisation', { ...account, memberships: [] }],
  ])('is refused when %s, with the same text', (_, stored) => {
    expect(() => memberOf(stored, wish)).toThrow(
      expect.objectContaining({
        code: 'UNAUTHENTICATED',
        message: expect.stringMatching(/^This account is unknown here or has been deactivated/),
      }),
    );
  });

  it('is a stranger to a deployment that serves another company only', () => {
    expect(() => memberOf(account, { ...wish, companyId: foreign })).toThrow(/unknown here/);
    expect(memberOf(account, { ...wish, companyId: second })).toMatchObject({
      organizationId: second,
      organizations: [second],
    });
  });
});

describe('a super admin', () => {
  const boss: StoredAccount = { ...account, profileRole: 'super_admin' };

  it('reaches every organisation unless one is chosen', () => {
    expect(memberOf(boss, wish)).toMatchObject({ organizationId: home, reach: 'all' });
    expect(rowScope(memberOf(boss, wish))).toEqual({ role: 'authenticated', userId: boss.userId });
    const narrowed = memberOf(boss, { ...wish, organizationId: second });
    expect(rowScope(narrowed)).toEqual({
      role: 'authenticated',
      userId: boss.userId,
      organizationId: second,
    });
  });

  it('may work in an organisation without being its member, if it exists', () => {
    const visit = { ...wish, organizationId: foreign };
    expect(memberOf(boss, visit)).toMatchObject({ organizationId: foreign, role: 'super_admin' });
    expect(() => memberOf({ ...boss, wishedExists: false }, visit)).toThrow(/not a member/);
    expect(() => memberOf(boss, { ...visit, companyId: home })).toThrow(/not a member/);
  });
});

describe('the role of a member', () => {
  const membership = (role: 'member' | 'admin') => [
    { organizationId: home, role },
    { organizationId: second, role: 'member' as const },
  ];
  it.each<[StoredAccount['profileRole'], 'member' | 'admin', string, string]>([
    [null, 'member', 'user', 'user'],
    [null, 'admin', 'admin', 'user'],
    ['user', 'member', 'user', 'user'],
    ['user', 'admin', 'admin', 'user'],
    ['admin', 'member', 'admin', 'user'],
    ['admin', 'admin', 'admin', 'user'],
    ['super_admin', 'member', 'super_admin', 'super_admin'],
  ])(
    'profile %s and membership %s: %s at home, %s elsewhere',
    (profileRole, role, atHome, elsewhere) => {
      const stored = { ...account, profileRole, memberships: membership(role) };
      expect(memberOf(stored, wish).role).toBe(atHome);
      expect(memberOf(stored, { ...wish, organizationId: second }).role).toBe(elsewhere);
    },
  );

  it('includes the lower ones, and says which one is missing', () => {
    const admin = memberOf({ ...account, profileRole: 'admin' }, wish);
    expect(['user', 'admin', 'super_admin'].map((role) => hasRole(admin, role as 'user'))).toEqual([
      true,
      true,
      false,
    ]);
    expect(() => requireRole(memberOf(account, wish), 'admin')).toThrow(
      'Only an admin may do this; your role is user.',
    );
  });
});
