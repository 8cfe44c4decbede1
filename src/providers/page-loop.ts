import { ProviderError } from './errors.ts';

/**
 * Notices when a listing leads back to a page it has already been on. Every cursor keeps its place in
 * the order of first sight; asking for the same page again (a retry) is fine, a next page that lies
 * at or before the present one is a loop.
 */
export class PageLoopGuard {
  readonly #places = new Map<string, number>();

  /** @throws ProviderError PAGE_LOOP */
  step(cursor: string, next: string): void {
    const place = this.#places.get(cursor) ?? this.#places.size;
    this.#places.set(cursor, place);
    const known = this.#places.get(next);
    if (known !== undefined && known <= place) {
      throw new ProviderError(
        'PAGE_LOOP',
        `The provider's list leads from page ${place + 1} back to page ${known + 1}. The list was left there; trying again later may help.`,
      );
    }
    this.#places.set(next, known ?? this.#places.size);
  }
}
