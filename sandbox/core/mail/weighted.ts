/** The entry at a point between 0 and the sum of all weights. */
export function weighted<T extends { readonly weight: number }>(
  entries: readonly T[],
  point: number,
): T {
  let rest = point;
  for (const entry of entries) {
    rest -= entry.weight;
    if (rest < 0) return entry;
  }
  const last = entries.at(-1);
  if (last === undefined) throw new Error('There is nothing to choose from.');
  return last;
}
