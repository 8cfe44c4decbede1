/** The descriptions of what the relay plugin adds to the schema. */
export const relayTexts = {
  clientMutationId: 'omit',
  nodeQueryOptions: false,
  nodesQueryOptions: false,
  nodeTypeOptions: { description: 'An object that `node` can find again by its id.' },
  idFieldOptions: {
    description: 'The global id. Wherever an id is asked, the plain uuid is accepted too.',
  },
  pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
  hasNextPageFieldOptions: { description: 'Whether more follows after `endCursor`.' },
  hasPreviousPageFieldOptions: { description: 'Whether the page was asked for with `after`.' },
  startCursorFieldOptions: { description: 'Cursor of the first edge; null on an empty page.' },
  endCursorFieldOptions: {
    description: 'Cursor of the last edge, to be passed as `after`; null on an empty page.',
  },
  pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
  edgesFieldOptions: {
    description: 'The entries of this page, in the order of the list.',
    nullable: { list: false, items: false },
    // The field that returns the connection is priced with the page's size already.
    complexity: { field: 0, multiplier: 1 },
  },
  nodeFieldOptions: { description: 'The entry itself.', nullable: false, complexity: 0 },
  cursorFieldOptions: { description: 'Opaque position of the entry, for `after`.' },
} as const;
