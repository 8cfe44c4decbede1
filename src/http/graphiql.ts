import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { graphiqlTabs } from './graphiql-tabs.ts';

/** Whether a request for the GraphQL address comes from somebody who wants to look at a page. */
export function wantsGraphiql({ method, headers, url }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    (headers.accept ?? '').includes('text/html') &&
    !(url ?? '').includes('query=')
  );
}

/**
 * GraphiQL without any other server: script, styles and editors' workers are in the page. Rendered
 * and compressed at the first request, because it is some megabytes.
 */
export function createGraphiql(): (request: IncomingMessage, response: ServerResponse) => void {
  let page: ReturnType<typeof renderPage> | null = null;
  return (request, response) => {
    page ??= renderPage();
    const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': page.policy,
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
      ...(zipped && { 'content-encoding': 'gzip' }),
    });
    response.end(zipped ? page.zipped : page.html);
  };
}

/** Empty, not "Bearer ": the page reads the schema before anybody could have filled it in. */
const noToken = '{ "authorization": "" }';

function renderPage() {
  const html = renderGraphiQL({
    title: 'Lockstep GraphiQL',
    endpoint: '/graphql',
    defaultTabs: graphiqlTabs.map((tab) => ({ ...tab, headers: noToken })),
    defaultHeaders: noToken,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: 'headers',
    // Subscriptions over the same HTTP request as everything else, so with the same headers.
    subscriptionsProtocol: 'SSE',
    method: 'POST',
    credentials: 'same-origin',
    additionalHeaders: { 'x-graphql-yoga-csrf': '1' },
  });
  return styled(html);
}

/**
 * On a first visit the library leaves an unfinished move on the ready tabs: pressed, a tab jumps from
 * under the pointer and the click is lost. Tabs that cannot be moved by style stay where they are.
 */
const stillTabs = '<style>.graphiql-tab { transform: none !important; }</style>';

function styled(rendered: string) {
  const html = rendered.replace('<script>', `${stillTabs}<script>`);
  return { html, zipped: gzipSync(html), policy: policyOf(html) };
}

/**
 * Only the page's own script may run, allowed by its hash. The editor writes style elements and
 * starts its workers from blobs, so those two stay open.
 */
function policyOf(html: string): string {
  const begin = html.indexOf('<script>') + '<script>'.length;
  const script = html.slice(begin, html.lastIndexOf('</script>'));
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    "connect-src 'self'",
    "img-src 'self' data:",
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
