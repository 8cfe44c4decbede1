import { z } from 'zod';
import { RequestError } from './request-error.ts';

/** Checks a value against a schema; the error lists every faulty field with what was expected. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new RequestError(`${what} is not valid.\n${z.prettifyError(result.error)}`);
}
