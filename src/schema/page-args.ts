import { largestPage, pageSizeOf, usualPage } from '../resolvers/page.ts';
import { builder } from './builder.ts';

/** The arguments of every long list. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    description: `How many entries, 1 to ${largestPage}; ${usualPage} when left out.`,
  }),
  after: t.string({
    description: 'Cursor of the entry after which the page begins; the start when left out.',
  }),
}));

/** A list costs as much as the entries that were asked for. */
export const pageCost = ({ first }: { first?: number | null | undefined }) => ({
  field: 1,
  multiplier: pageSizeOf(first),
});
