import { describe, expect, it } from 'vitest';
import { missingScopes, purposeRules, purposes } from '../../../src/services/accounts/purpose.ts';

describe('what a purpose asks for', () => {
  it('asks Outlook for mail only', () => {
    expect(purposeRules.outlook.scopes.toSorted()).toEqual(
      ['Mail.Read', 'User.Read', 'email', 'offline_access', 'openid', 'profile'].toSorted(),
    );
  });

  it.each(purposes)('%s asks for all it needs', (purpose) => {
    const { needed, scopes } = purposeRules[purpose];
    expect(missingScopes(needed, scopes)).toEqual([]);
  });

  it('names what was not granted, whatever the spelling, and accepts more than was asked', () => {
    const needed = ['User.Read', 'Mail.Read'];
    expect(missingScopes(needed, ['user.read'])).toEqual(['Mail.Read']);
    expect(missingScopes(needed, ['USER.READ', 'mail.read', 'Files.Read'])).toEqual([]);
    expect(missingScopes(needed, ['User.Read', 'Mail.ReadWrite'])).toEqual([]);
    expect(missingScopes(needed, ['User.Read', 'Mail.ReadBasic'])).toEqual(['Mail.Read']);
  });
});
