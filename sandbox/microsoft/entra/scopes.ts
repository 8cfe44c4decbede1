const graphPrefix = 'https://graph.microsoft.com/';

/** Scopes of OpenID Connect; they concern the sign-in, not a resource. */
export const identityScopes = ['openid', 'profile', 'email', 'offline_access'] as const;

/** Scopes of Graph that the sandbox knows. */
export const graphScopes = [
  'User.Read',
  'Mail.Read',
  'Mail.ReadBasic',
  'Mail.ReadWrite',
  'Mail.Send',
  'Calendars.Read',
  'Calendars.ReadWrite',
  'Files.Read',
  'Files.Read.All',
  'Files.ReadWrite',
  'Files.ReadWrite.All',
  'MailboxSettings.Read',
] as const;

const canonical = new Map<string, string>(
  [...identityScopes, ...graphScopes].map((scope) => [scope.toLowerCase(), scope]),
);

/** Reads a space separated list; short names mean Graph; an unknown name is an error of the caller's kind. */
export function readScopes(text: string): { scopes: string[]; unknown: string[] } {
  const scopes = new Set<string>();
  const unknown: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const short = word.toLowerCase().startsWith(graphPrefix)
      ? word.slice(graphPrefix.length)
      : word;
    const known = canonical.get(short.toLowerCase());
    if (known !== undefined) scopes.add(known);
    // ".default" asks for everything that was consented before.
    else if (short !== '.default') unknown.push(word);
  }
  return { scopes: [...scopes], unknown };
}

export function isIdentityScope(scope: string): boolean {
  return (identityScopes as readonly string[]).includes(scope);
}

/** The scope member of a token answer: without offline_access, in Graph's order. */
export function writeScopes(scopes: Iterable<string>, style: 'short' | 'url'): string {
  return [...scopes]
    .filter((scope) => scope !== 'offline_access')
    .map((scope) => (style === 'url' && !isIdentityScope(scope) ? graphPrefix + scope : scope))
    .join(' ');
}

/** What the consent page says a scope allows. */
export function describeScope(scope: string): string {
  const words: Record<string, string> = {
    openid: 'Sign you in',
    profile: 'View your basic profile',
    email: 'View your email address',
    offline_access: 'Maintain access to data you have given it access to',
    'User.Read': 'Sign you in and read your profile',
    'Mail.Read': 'Read your mail',
    'Mail.ReadBasic': 'Read your basic mail',
    'Mail.ReadWrite': 'Read and write access to your mail',
    'Mail.Send': 'Send mail as you',
    'Calendars.Read': 'Read your calendars',
    'Calendars.ReadWrite': 'Have full access to your calendars',
    'Files.Read': 'Read your files',
    'Files.Read.All': 'Read all files that you have access to',
    'Files.ReadWrite': 'Have full access to your files',
    'Files.ReadWrite.All': 'Have full access to all files you have access to',
    'MailboxSettings.Read': 'Read your mailbox settings',
  };
  return words[scope] ?? scope;
}
