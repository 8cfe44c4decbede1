const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * The moment a text names by RFC 3339 (section 5.6), upper-case letters only; null for any other
 * form, for a day or time that does not exist and for the year 0000. A leap second is refused.
 */
export function parseDateTime(text: string): Date | null {
  const parts = rfc3339.exec(text)?.slice(1, 7).map(Number);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const asWritten = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exists =
    year > 0 &&
    asWritten.getUTCFullYear() === year &&
    asWritten.getUTCMonth() === month - 1 &&
    asWritten.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!exists) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
