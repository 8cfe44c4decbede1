const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a short duration such as `5s`, `10m`, `1h` or `7d`; null when the text is none. */
export function durationSeconds(text: string): number | null {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text.trim()) ?? [];
  if (count === undefined || unit === undefined) return null;
  return Number(count) * unitSeconds[unit as keyof typeof unitSeconds];
}
