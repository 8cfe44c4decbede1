/** Longest texts kept of a message, in characters; what is longer is cut with a note. */
export const messageLimits = {
  body: 2_000_000,
  subject: 2_000,
  name: 500,
  snippet: 500,
  id: 1_000,
} as const;
