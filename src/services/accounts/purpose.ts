import type { Vendor } from '../../providers/contract.ts';

/** What a member may connect an account for. */
export const purposes = ['outlook', 'gmail', 'onedrive'] as const;
export type Purpose = (typeof purposes)[number];

export interface PurposeRule {
  readonly vendor: Vendor;
  /** The product's name, for people. */
  readonly title: string;
  /** `connections.provider_key`; null when the purpose needs a grant only. */
  readonly providerKey: 'outlook' | 'gmail' | null;
  /** All that is asked for: what the purpose needs and nothing else. */
  readonly scopes: readonly string[];
  /** Without each of these the purpose cannot work; a wider scope satisfies a narrower one. */
  readonly needed: readonly string[];
}

const microsoftIdentity = ['openid', 'profile', 'email', 'offline_access', 'User.Read'];

export const purposeRules = {
  outlook: {
    vendor: 'microsoft',
    title: 'Outlook',
    providerKey: 'outlook',
    scopes: [...microsoftIdentity, 'Mail.Read'],
    needed: ['User.Read', 'Mail.Read'],
  },
  onedrive: {
    vendor: 'microsoft',
    title: 'OneDrive',
    providerKey: null,
    scopes: [...microsoftIdentity, 'Files.Read.All'],
    needed: ['User.Read', 'Files.Read.All'],
  },
  gmail: {
    vendor: 'google',
    title: 'Gmail',
    providerKey: 'gmail',
    scopes: ['openid', 'email', 'https://www.googleapis.com/auth/gmail.readonly'],
    needed: ['https://www.googleapis.com/auth/gmail.readonly'],
  },
} as const satisfies Record<Purpose, PurposeRule>;

/** Consents of which one includes the other. */
const wider: Readonly<Record<string, readonly string[]>> = {
  'mail.read': ['mail.readwrite'],
  'files.read.all': ['files.readwrite.all'],
  'https://www.googleapis.com/auth/gmail.readonly': [
    'https://www.googleapis.com/auth/gmail.modify',
    'https://mail.google.com/',
  ],
};

/** The scopes that are needed and were not granted; members may decline single ones. */
export function missingScopes(needed: readonly string[], granted: readonly string[]): string[] {
  const have = new Set(granted.map((scope) => scope.toLowerCase()));
  return needed.filter((scope) => {
    const name = scope.toLowerCase();
    return !have.has(name) && !(wider[name] ?? []).some((one) => have.has(one));
  });
}
