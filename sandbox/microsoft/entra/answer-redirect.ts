import { html } from 'hono/html';
import type { ReturnAddress } from './authorize-request.ts';

/** Sends the browser back to the application, in the way it asked for. */
export async function answerRedirect(
  address: ReturnAddress,
  members: Record<string, string>,
): Promise<Response> {
  const all = new URLSearchParams(members);
  if (address.state !== null) all.set('state', address.state);
  switch (address.responseMode) {
    case 'query': {
      const joint = address.redirectUri.includes('?') ? '&' : '?';
      return new Response(null, {
        status: 302,
        headers: { location: `${address.redirectUri}${joint}${all}` },
      });
    }
    case 'fragment':
      return new Response(null, {
        status: 302,
        headers: { location: `${address.redirectUri}#${all}` },
      });
    case 'form_post': {
      const inputs = [...all].map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      );
      const page = await html`<!DOCTYPE html><html lang="en"><head><title>Working...</title></head>
<body><form method="POST" action="${address.redirectUri}">${inputs}<noscript><button>Continue</button></noscript></form>
<script>document.forms[0].submit();</script></body></html>`;
      return new Response(String(page), {
        headers: { 'content-type': 'text/html; charset=utf-8' },
      });
    }
  }
}
