const prefix = 'https://www.googleapis.com/auth/';

/** Scopes of the sign-in; a person cannot untick them. */
export const identityScopes = [
  'openid',
  `${prefix}userinfo.email`,
  `${prefix}userinfo.profile`,
] as const;

/** Scopes the sandbox knows, with what the consent page says about each. */
const descriptions: Record<string, string> = {
  openid: 'Associate you with your personal info on Google',
  [`${prefix}userinfo.email`]: 'See your primary Google Account email address',
  [`${prefix}userinfo.profile`]: 'See your personal info',
  'https://mail.google.com/': 'Read, compose, send, and permanently delete all your email',
  [`${prefix}gmail.modify`]: 'Read, compose, and send emails from your Gmail account',
  [`${prefix}gmail.readonly`]: 'View your email messages and settings',
  [`${prefix}gmail.metadata`]: 'View your email message metadata such as labels and headers',
  [`${prefix}gmail.labels`]: 'See and edit your email labels',
  [`${prefix}gmail.send`]: 'Send email on your behalf',
  [`${prefix}calendar`]:
    'See, edit, share, and permanently delete all the calendars you can access',
  [`${prefix}calendar.readonly`]: 'See and download any calendar you can access',
  [`${prefix}calendar.events`]: 'View and edit events on all your calendars',
  [`${prefix}calendar.events.readonly`]: 'View events on all your calendars',
  [`${prefix}calendar.calendarlist.readonly`]: 'See the list of calendars you are subscribed to',
};

export const knownScopes = Object.keys(descriptions);

const aliases: Record<string, string> = {
  email: `${prefix}userinfo.email`,
  profile: `${prefix}userinfo.profile`,
};

/** The name under which a scope is granted: `email` and `profile` come back as full addresses. */
export function canonicalScope(scope: string): string {
  return aliases[scope] ?? scope;
}

/** Reads a space separated list. */
export function readScopes(text: string): { scopes: string[]; unknown: string[] } {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const scopes = [...new Set(words.map(canonicalScope))];
  return {
    scopes: scopes.filter((scope) => scope in descriptions),
    unknown: scopes.filter((scope) => !(scope in descriptions)),
  };
}

export function isIdentityScope(scope: string): boolean {
  return (identityScopes as readonly string[]).includes(scope);
}

export function describeScope(scope: string): string {
  return descriptions[scope] ?? scope;
}

export const mailReadScopes = [
  'https://mail.google.com/',
  `${prefix}gmail.modify`,
  `${prefix}gmail.readonly`,
] as const;
export const metadataScope = `${prefix}gmail.metadata`;
export const labelsScope = `${prefix}gmail.labels`;
