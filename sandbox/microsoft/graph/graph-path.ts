/** The segments of a Graph path in one spelling: key('x') becomes key/x, calls lose their brackets. */
export function graphSegments(pathname: string): string[] {
  const path = pathname.replace(/^\/v1\.0(?=\/|$)/, '');
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => {
      const decoded = decode(segment);
      const key = /^(\w+)\('(.*)'\)$/.exec(decoded);
      if (key !== null) return [key[1] ?? '', (key[2] ?? '').replaceAll("''", "'")];
      return [decoded.endsWith('()') ? decoded.slice(0, -2) : decoded];
    });
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Fits segments to a pattern such as me/mailFolders/{folder}/messages; words without regard to case. */
export function matchPattern(
  pattern: string,
  segments: readonly string[],
): Record<string, string> | null {
  const parts = pattern.split('/');
  if (parts.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const segment = segments[i] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return params;
}
