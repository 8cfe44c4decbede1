import { LockstepError } from '../errors.ts';
import type { Access } from '../services/access.ts';
import {
  type MailProviderKey,
  mailProviderKeys,
} from '../services/initial-sync/mail-provider-key.ts';
import type { InitialSyncStarted, StartInitialSyncInput } from '../services/initial-sync/start.ts';
import type { Routes } from './app.ts';
import { authenticate, credentialsOf } from './authenticate.ts';
import type { RateLimiter } from './rate-limiter.ts';

export interface RestOptions {
  readonly access: Access;
  readonly rateLimiter: RateLimiter;
  readonly startInitialSync: (input: StartInitialSyncInput) => Promise<InitialSyncStarted>;
}

/** What starting a sync takes from the caller's budget: about as much as the mutation does. */
const startCost = 10;
const longestKey = 255;

/** `POST /sync/initial/{outlook|gmail}`: the REST twin of `startInitialSync`. */
export function restRoutes({ access, rateLimiter, startInitialSync }: RestOptions): Routes {
  return (app) => {
    app.post('/sync/initial/:provider', async (c) => {
      const member = await authenticate(access, credentialsOf(c.req.raw.headers));
      if (!member) {
        throw new LockstepError(
          'UNAUTHENTICATED',
          'Sign in first: send the header "authorization: Bearer <token>".',
        );
      }
      rateLimiter.take(`user ${member.userId}`, startCost);
      const started = await startInitialSync({
        member,
        provider: providerOf(c.req.param('provider')),
        idempotencyKey: idempotencyKeyOf(c.req.header('idempotency-key')),
      });
      return c.json(
        {
          status: started.status,
          job_id: started.run.id,
          provider: started.provider,
          backfill_days: started.backfillDays,
          locked: started.locked,
          message: started.message,
        },
        202,
      );
    });
  };
}

function providerOf(text: string): MailProviderKey {
  const provider = mailProviderKeys.find((key) => key === text);
  if (provider) return provider;
  throw new LockstepError(
    'BAD_USER_INPUT',
    `provider: expected ${mailProviderKeys.join(' or ')}, found "${text.slice(0, 40)}".`,
    { field: 'provider' },
  );
}

function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || (header.length >= 1 && header.length <= longestKey)) return header;
  throw new LockstepError(
    'BAD_USER_INPUT',
    `Idempotency-Key: expected 1 to ${longestKey} characters, found ${header.length}.`,
    { field: 'Idempotency-Key', limit: longestKey },
  );
}
