import type { GraphRequest } from './graph-request.ts';
import { graphOrigin } from './links.ts';
import { poisoned } from './message-json.ts';

/** Applies a scripted fault to a page that is otherwise ready. */
export function finishPage(
  request: GraphRequest,
  page: Record<string, unknown>,
): Record<string, unknown> {
  const { fault, url } = request;
  switch (fault?.type) {
    case 'cyclic-next-link': {
      const { '@odata.deltaLink': _deltaLink, ...rest } = page;
      return { ...rest, '@odata.nextLink': `${graphOrigin}${url.pathname}${url.search}` };
    }
    case 'foreign-next-link': {
      const link = page['@odata.nextLink'];
      const target = typeof link === 'string' ? link : `${graphOrigin}${url.pathname}${url.search}`;
      return { ...page, '@odata.nextLink': target.replace(graphOrigin, fault.origin) };
    }
    case 'poison': {
      const items = page['value'];
      if (!Array.isArray(items)) return page;
      const value = items.map((item: Record<string, unknown> | null, i) =>
        i === fault.index && item !== null ? poisoned(item, fault.kind) : item,
      );
      return { ...page, value };
    }
    default:
      return page;
  }
}
