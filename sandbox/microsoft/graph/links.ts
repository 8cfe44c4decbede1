/** Origin of every absolute link, as the real service writes it; clients map it to where they talk. */
export const graphOrigin = 'https://graph.microsoft.com';

/** The request's address with some query parameters changed (null removes one). */
export function linkTo(url: URL, path: string, changes: Record<string, string | null>): string {
  const query = new URLSearchParams();
  const names = Object.keys(changes).map((name) => name.toLowerCase());
  for (const [name, value] of url.searchParams) {
    const lower = name.toLowerCase();
    if (!names.includes(lower) && !names.includes(`$${lower}`)) query.append(name, value);
  }
  for (const [name, value] of Object.entries(changes))
    if (value !== null) query.append(name, value);
  return `${graphOrigin}${path}?${query}`;
}
