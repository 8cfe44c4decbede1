/** Sends one request to the control interface and gives its JSON answer; throws on any status but 2xx. */
export type Send = <T>(method: string, path: string, body?: unknown) => Promise<T>;
