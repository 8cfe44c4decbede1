/** Just enough of a browser for a consent: cookies, redirects one by one, and one form. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /** Takes over what a response sets. */
  remember(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const equals = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }

  async get(url: string): Promise<Response> {
    return this.#send(url, { method: 'GET' });
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) },
    });
    this.remember(response);
    return response;
  }

  /** Follows redirects until a page answers. */
  async open(url: string): Promise<{ url: string; response: Response; html: string }> {
    let at = url;
    for (let hops = 0; hops < 10; hops += 1) {
      const response = await this.get(at);
      const location = response.headers.get('location');
      if (!location) return { url: at, response, html: await response.text() };
      at = new URL(location, at).href;
    }
    throw new Error(`too many redirects from ${url}`);
  }

  /** Presses the button with that text on the page's only form, with every field as it stands. */
  async press(
    page: { url: string; html: string },
    label: string,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<{ url: string; response: Response; html: string }> {
    const form = /<form\b[^>]*>([\s\S]*?)<\/form>/i.exec(page.html);
    if (!form) throw new Error(`no form on ${page.url}:\n${page.html}`);
    const body = new URLSearchParams();
    for (const [tag] of (form[1] ?? '').matchAll(/<input\b[^>]*>/gi)) {
      const type = attribute(tag, 'type') ?? 'text';
      const name = attribute(tag, 'name');
      const checkable = type === 'checkbox' || type === 'radio';
      if (!name || type === 'submit') continue;
      if (checkable && !/\bchecked\b/i.test(tag)) continue;
      body.append(name, attribute(tag, 'value') ?? 'on');
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const button = new RegExp(`<button\\b[^>]*>\\s*${label}\\s*</button>`, 'i').exec(
      page.html,
    )?.[0];
    if (!button) throw new Error(`no button "${label}" on ${page.url}`);
    body.append(attribute(button, 'name') ?? '', attribute(button, 'value') ?? '');
    const action = attribute(form[0], 'action') ?? page.url;
    const response = await this.#send(new URL(action, page.url).href, {
      method: 'POST',
      body: body.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const location = response.headers.get('location');
    if (!location) return { url: page.url, response, html: await response.text() };
    return this.open(new URL(location, page.url).href);
  }
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`, 'i').exec(tag)?.[1];
  return found
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
