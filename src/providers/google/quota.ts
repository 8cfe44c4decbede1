/** Units that each call costs, and how many there are: data, because Google changes them. */
export interface GmailQuota {
  readonly unitsPerUserMinute: number;
  readonly unitsPerProjectMinute: number;
  readonly cost: Readonly<Record<GmailCall, number>>;
}

export const gmailCalls = [
  'getProfile',
  'labels.list',
  'messages.list',
  'messages.get',
  'attachments.get',
  'history.list',
] as const;
export type GmailCall = (typeof gmailCalls)[number];

/**
 * Gmail API usage limits (https://developers.google.com/workspace/gmail/api/reference/quota):
 * `since2026` holds for projects that first used the API after 1 May 2026, `before2026` for older
 * ones.
 */
export const gmailQuotas = {
  since2026: {
    unitsPerUserMinute: 6_000,
    unitsPerProjectMinute: 1_200_000,
    cost: {
      getProfile: 1,
      'labels.list': 1,
      'messages.list': 5,
      'messages.get': 20,
      'attachments.get': 20,
      'history.list': 2,
    },
  },
  before2026: {
    unitsPerUserMinute: 15_000,
    unitsPerProjectMinute: 1_200_000,
    cost: {
      getProfile: 1,
      'labels.list': 1,
      'messages.list': 5,
      'messages.get': 5,
      'attachments.get': 5,
      'history.list': 2,
    },
  },
} as const satisfies Record<string, GmailQuota>;
