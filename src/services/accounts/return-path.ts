/** Where a consent ends when nothing better is known: the web client's start page. */
export const startPage = '/';

/**
 * The page of our own to return to. Browsers read `//host`, `/\host` and control characters as
 * another origin or another header, so anything but a plain path becomes the start page.
 */
export function safeReturnPath(wanted: string | null | undefined): string {
  if (!wanted || wanted.length > 500 || !/^\/(?![/\\])[\x21-\x7E]*$/.test(wanted)) return startPage;
  if (/\\|%0[ad0]/i.test(wanted)) return startPage;
  const base = 'https://origin.invalid';
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : null;
  return url?.origin === base && !url.pathname.startsWith('//') ? wanted : startPage;
}

/** The page with the outcome of the consent in its query. */
export function returnAddress(path: string, outcome: Readonly<Record<string, string>>): string {
  const base = 'https://origin.invalid';
  const url = new URL(safeReturnPath(path), base);
  for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
  return `${url.pathname}${url.search}`;
}
