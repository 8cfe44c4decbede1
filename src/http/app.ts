import { Hono } from 'hono';
import { LockstepError } from '../errors.ts';
import { httpStatusOf, publicError } from './errors.ts';
import type { RequestInfo } from './request-info.ts';

/** What handlers of the app get with a request. */
export interface AppEnvironment {
  readonly Bindings: { readonly info: RequestInfo };
}

/** Adds routes to the app; each area of `src/http` exports one of these. */
export type Routes = (app: Hono<AppEnvironment>) => void;

/** The app of everything but GraphQL. Errors of all routes become `{error: {code, message}}` here. */
export function createApp(areas: readonly Routes[]): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>();
  for (const area of areas) area(app);
  app.notFound((c) => c.json(errorBody(nothingHere(c.req.path)), 404));
  app.onError((thrown, c) => {
    const error = publicError(thrown, c.env.info);
    const { retryAfterSeconds } = error.details;
    return new Response(JSON.stringify(errorBody(error)), {
      status: httpStatusOf(error.code),
      headers: {
        'content-type': 'application/json',
        ...(error.code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer' }),
        ...(retryAfterSeconds && { 'retry-after': String(retryAfterSeconds) }),
      },
    });
  });
  return app;
}

function nothingHere(path: string): LockstepError {
  return new LockstepError('NOT_FOUND', `There is nothing at ${path.slice(0, 100)}.`);
}

function errorBody({ code, message, details }: LockstepError) {
  return { error: { code, message, ...details } };
}
