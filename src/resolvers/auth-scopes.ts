import { LockstepError } from '../errors.ts';
import { hasRole } from '../services/access-member.ts';
import type { RequestContext } from './context.ts';

/** Which scopes a request holds; each includes the ones before it. */
export function authScopes({ member }: RequestContext) {
  return {
    member: member !== null,
    admin: member !== null && hasRole(member, 'admin'),
    superAdmin: member !== null && hasRole(member, 'super_admin'),
  };
}

/** Why a field behind a scope is refused: nobody is signed in, or the role does not reach. */
export function refusalOf({ member }: RequestContext): LockstepError {
  return member
    ? new LockstepError(
        'FORBIDDEN',
        `Your role (${member.role}) does not allow this. Ask an administrator.`,
      )
    : new LockstepError(
        'UNAUTHENTICATED',
        'Sign in first: send the header "authorization: Bearer <token>".',
      );
}
