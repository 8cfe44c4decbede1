export interface Preferences {
  readonly immutableIds: boolean;
  readonly bodyType: 'html' | 'text';
  readonly maxPageSize: number | null;
  /** Value of the Preference-Applied header; null when nothing was applied. */
  readonly applied: string | null;
}

/** Reads a Prefer header: comma separated, names without regard to case, values with or without quotes. */
export function readPreferences(header: string | undefined): Preferences {
  let immutableIds = false;
  let bodyType: 'html' | 'text' = 'html';
  let maxPageSize: number | null = null;
  const applied: string[] = [];
  for (const part of (header ?? '').split(',')) {
    const [name = '', raw = ''] = part.split('=').map((piece) => piece.trim());
    const value = raw.replaceAll('"', '');
    switch (name.toLowerCase()) {
      case 'idtype':
        immutableIds = value.toLowerCase() === 'immutableid';
        if (immutableIds) applied.push('IdType="ImmutableId"');
        break;
      case 'outlook.body-content-type':
        if (value === 'text' || value === 'html') {
          bodyType = value;
          applied.push(`outlook.body-content-type="${value}"`);
        }
        break;
      case 'odata.maxpagesize':
        if (/^[1-9]\d*$/.test(value)) {
          maxPageSize = Number(value);
          applied.push(`odata.maxpagesize=${value}`);
        }
        break;
      default:
        break;
    }
  }
  return {
    immutableIds,
    bodyType,
    maxPageSize,
    applied: applied.length === 0 ? null : applied.join(', '),
  };
}
