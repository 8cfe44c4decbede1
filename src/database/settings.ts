import { LockstepError } from '../errors.ts';
import type { Scope } from './scope.ts';

/** Longest time a statement may take, in milliseconds: a request's caller waits, a job's does not. */
export const statementMilliseconds = { authenticated: 10_000, service_role: 60_000 } as const;

/**
 * Prepared once per connection, so that a scope costs one Bind and one Execute. A connection rests as
 * `authenticated`, who without further settings sees nothing, and with the deadline of requests.
 */
export const scopeStatements = {
  authenticated: {
    name: 'lockstep_request',
    text: `select set_config('app.current_user_id', $1, true),
      set_config('app.current_organization_id', $2, true), set_config('app.current_standing', $3, true)`,
  },
  service_role: {
    name: 'lockstep_service',
    text: `select set_config('role', 'service_role', true), set_config('statement_timeout', $1, true),
      set_config('app.service_organization_id', $2, true)`,
  },
} as const;

export const restStatement = `set role authenticated`;
export const beginStatement = { name: 'lockstep_begin', text: 'begin' } as const;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The values of the role's scope statement: the one place where a scope becomes settings. All that
 * the role's policies read are set each time and only for the transaction, so nothing of an earlier
 * borrower can remain.
 */
export function scopeValues(scope: Scope): readonly string[] {
  if (scope.role === 'service_role') {
    if (scope.organizationId !== 'all') mustBeUuid(scope.organizationId, 'organizationId');
    return [`${statementMilliseconds.service_role}`, scope.organizationId];
  }
  mustBeUuid(scope.userId, 'userId');
  if (scope.organizationId !== undefined) mustBeUuid(scope.organizationId, 'organizationId');
  return [scope.userId, scope.organizationId ?? '', scope.standing ?? ''];
}

/** Checked here, because a malformed id in a policy would fail every statement with a cast error. */
function mustBeUuid(value: string, field: string): void {
  if (!uuid.test(value)) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      `${field} must be a UUID, found "${value.slice(0, 60)}".`,
      {
        field,
      },
    );
  }
}
