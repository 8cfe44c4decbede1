import { ProviderError } from '../errors.ts';
import type { JsonObject } from '../json-object.ts';

/** The items of a Graph collection, unchecked. */
export function pageItems(page: JsonObject): readonly unknown[] {
  const items = page['value'];
  if (Array.isArray(items)) return items;
  throw new ProviderError('PROVIDER_PROTOCOL', 'Microsoft Graph sent a list without "value".');
}

/** The link to the next page, as sent; null on the last page. */
export function pageLink(page: JsonObject, name = '@odata.nextLink'): string | null {
  const link = page[name] ?? null;
  if (link === null || (typeof link === 'string' && link !== '')) return link;
  throw new ProviderError('PROVIDER_PROTOCOL', `Microsoft Graph sent an unusable ${name}.`);
}
