/** Posts the consent form as a browser would, and follows nothing. */
export async function consentWithoutBrowser(
  sandboxUrl: string,
  authorizationUrl: string | URL,
  choice: { account: string; scopes?: readonly string[]; decision?: 'accept' | 'cancel' },
  /** The name of a scope on the page's check box. */
  boxOf: (scope: string) => string,
): Promise<URL> {
  const asked = new URL(authorizationUrl);
  const page = new URL(asked.pathname + asked.search, sandboxUrl);
  const scopes = choice.scopes ?? (asked.searchParams.get('scope') ?? '').split(' ').map(boxOf);
  const form = new URLSearchParams({
    account: choice.account,
    decision: choice.decision ?? 'accept',
  });
  for (const scope of scopes) form.append('granted', scope);
  const answer = await fetch(page, { method: 'POST', body: form, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null)
    throw new Error(
      `The consent page answered ${answer.status} without a redirect: ${await answer.text()}`,
    );
  return new URL(location);
}
