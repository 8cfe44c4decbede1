/** A request to the control interface, or a seed, that cannot be served as written. The message names the cure. */
export class RequestError extends Error {
  readonly status: 400 | 404 | 409;

  constructor(message: string, status: 400 | 404 | 409 = 400) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}
