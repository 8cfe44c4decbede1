import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Whether a subscription selects nothing but plain values of the row it is told: then its result
 * depends on the row and the document alone, and may be rendered once for everyone who may see the
 * row. A field with a selection of its own could read the viewer.
 */
export function selectsPlainValues(
  document: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
): boolean {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition.selectionSet);
    }
  }

  /** Fields may be nested so deep and no deeper; the root field's own selection is one level. */
  function withinDepth({ selections }: SelectionSetNode, depth: number): boolean {
    return selections.every((selection) => {
      if (selection.kind === Kind.FIELD) {
        return (
          !selection.selectionSet || (depth > 0 && withinDepth(selection.selectionSet, depth - 1))
        );
      }
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragments.get(selection.name.value);
      return inner !== undefined && withinDepth(inner, depth);
    });
  }

  return withinDepth(selectionSet, 1);
}
