/**
 * Seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3: seconds or an HTTP date);
 * null when it is absent or says nothing usable. Never negative.
 */
export function retryAfterSeconds(header: string | null | undefined, now: Date): number | null {
  const text = header?.trim();
  if (!text) return null;
  if (/^\d+$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
