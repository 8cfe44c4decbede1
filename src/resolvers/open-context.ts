import type { OperationTypeNode } from 'graphql';
import { LockstepError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { auditReach } from '../services/access-audit.ts';
import { type Member, operationScope, rowScope } from '../services/access-member.ts';
import type { RequestContext } from './context.ts';
import { lazyPrisma } from './lazy-prisma.ts';
import type { Services } from './services.ts';

export interface ContextCaller {
  /** With rights as they were when the operation was admitted. */
  readonly member: Member | null;
  readonly prepared: { readonly operation: { readonly operation: `${OperationTypeNode}` } };
  readonly info: { readonly requestId: string; readonly log: Logger };
  /** Adds a header to the HTTP answer; absent where there is none. */
  readonly setCookie?: (cookie: string) => void;
}

/** A context for one execution; `release` gives back what it borrowed. */
export interface OpenedContext {
  readonly value: RequestContext;
  release(): void;
}

export type OpenContext = (caller: ContextCaller) => OpenedContext;

/** Makes the contexts of resolvers, the same for every transport. */
export function createOpenContext(services: Services): OpenContext {
  return ({ member, prepared, info, setCookie }) => {
    const lazy = lazyPrisma(async () => {
      if (!member) throw new LockstepError('UNAUTHENTICATED', 'Sign in first.');
      const database = await services.companies.of(member.organizationId);
      await auditReach(database, member, info.requestId);
      // Events of a subscription may come hours after the member's rights were read.
      const outlives = prepared.operation.operation === 'subscription';
      return database.borrow(outlives ? rowScope(member) : operationScope(member));
    });
    return {
      value: {
        requestId: info.requestId,
        log: info.log,
        member,
        services,
        prisma: lazy.prisma,
        setCookie: setCookie ?? noCookie,
      },
      release: lazy.release,
    };
  };
}

function noCookie(): never {
  throw new LockstepError(
    'BAD_REQUEST',
    'This needs an HTTP answer, because it sets a cookie. Send it by POST instead of the socket.',
  );
}
