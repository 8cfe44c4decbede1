export interface RedirectRules {
  /** Exact addresses. */
  readonly redirectUris: readonly string[];
  /** Any http address on 127.0.0.1, [::1] or localhost, whatever its port and path. */
  readonly loopbackRedirects: boolean;
}

/** Whether a registered application may have its answer sent to an address. */
export function allowsRedirect(client: RedirectRules, redirectUri: string): boolean {
  if (client.redirectUris.includes(redirectUri)) return true;
  if (!client.loopbackRedirects || !URL.canParse(redirectUri)) return false;
  const url = new URL(redirectUri);
  return (
    url.protocol === 'http:' &&
    ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname) &&
    url.hash === ''
  );
}
