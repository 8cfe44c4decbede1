/** What one socket may do; the limits of operations (`limits.ts`) hold besides. */
export const webSocketLimits = {
  /** Of one message from a client. */
  messageBytes: 65_536,
  /** From the upgrade to `connection_init`. */
  initMilliseconds: 3_000,
  subscriptions: 100,
  /** Of an operation's id; libraries send uuids. */
  idCharacters: 128,
  /** Messages at once, and then per second. */
  messageBurst: 300,
  messagesPerSecond: 10,
  /** What may wait for a reader that does not read. */
  bufferedBytes: 1_048_576,
  bufferedEvents: 500,
  /** Between two pings; who has not answered by the next is gone. */
  pingMilliseconds: 15_000,
  /** How long a closing handshake may take. */
  closeMilliseconds: 3_000,
  /** Between the error frames of an expired token and the end of its socket. */
  expiryGraceMilliseconds: 100,
} as const;

/** Close codes beside those of the protocol library. 4401 would tell clients not to come back. */
export const closeCodes = {
  goingAway: 1001,
  tryAgainLater: 1013,
  badRequest: 4400,
  forbidden: 4403,
  tooMany: 4429,
} as const;
