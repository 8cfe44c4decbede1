import type { CompanyPrismaClient } from '../database/lanes.ts';
import type { Logger } from '../log.ts';
import type { Member } from '../services/access-member.ts';
import type { Services } from './services.ts';

/** What every resolver gets. `member` is null for a stranger; fields behind a scope get a `MemberContext`. */
export interface RequestContext {
  readonly requestId: string;
  readonly log: Logger;
  readonly member: Member | null;
  readonly services: Services;
  /** Reads as this member, for this execution only. */
  readonly prisma: CompanyPrismaClient;
  /** Adds a `set-cookie` header to the answer. @throws LockstepError BAD_REQUEST where there is no HTTP answer */
  setCookie(cookie: string): void;
}

/** The context behind the auth scopes `member`, `admin` and `superAdmin`. */
export interface MemberContext extends RequestContext {
  readonly member: Member;
}
