import type { FailureCode } from '../providers/errors.ts';

/** What each failure code says. */
export const failureCodeTexts: Readonly<Record<FailureCode, string>> = {
  RATE_LIMITED: 'The provider asked to slow down.',
  PROVIDER_UNAVAILABLE: 'The provider answered with a failure of its own.',
  PROVIDER_TIMEOUT: 'The provider did not answer in time.',
  PROVIDER_PROTOCOL: 'The answer was not what the provider documents.',
  CURSOR_EXPIRED: 'The place to go on from is no longer known to the provider.',
  NEEDS_REAUTH: 'The consent is no longer accepted.',
  FORBIDDEN: 'The provider denies access to the account or item.',
  NOT_FOUND: 'The item is gone at the provider.',
  CONFLICT: 'The item was changed at the same moment.',
  UNSAFE_URL: 'A link led somewhere it must not be followed to.',
  PAGE_LOOP: 'The pages of a list lead back to themselves.',
  ITEM_INVALID: 'The item cannot be stored as it is.',
  DATABASE: 'The own database did not answer.',
  INTERNAL: 'A fault of the program; the log has it.',
};
