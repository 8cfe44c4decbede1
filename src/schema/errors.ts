import type { LockstepError } from '../errors.ts';
import {
  ConflictError,
  ConnectionRefusedError,
  SyncRefusedError,
  startFailures,
} from '../resolvers/shown-errors.ts';
import { builder } from './builder.ts';
import { ErrorCode } from './enums.ts';

/** What every domain failure has; members of the result unions implement it. */
export const ErrorInterface = builder.interfaceRef<LockstepError>('Error').implement({
  description: 'A failure that is part of the domain and meant to be shown.',
  fields: (t) => ({
    message: t.exposeString('message', {
      description: 'A sentence for the person: what happened and what to do.',
    }),
    code: t.field({
      type: ErrorCode,
      description: 'The stable code; texts may change.',
      resolve: (error) => error.code,
    }),
    retryAfterSeconds: t.int({
      nullable: true,
      description:
        'Seconds after which the same call may succeed; null when waiting does not help.',
      resolve: (error) => error.details.retryAfterSeconds ?? null,
    }),
  }),
});

builder.objectType(startFailures.SyncLockedError, {
  name: 'SyncLockedError',
  description: 'The one-time historical sync has been used and no override is active.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    lockedAt: t.expose('lockedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the sync that locked it was started; null when that is not known.',
    }),
    lockedBy: t.exposeString('lockedBy', {
      nullable: true,
      description: 'Name of the member who started it; null when that member is gone.',
    }),
    reason: t.exposeString('reason', { description: 'Why it is locked.' }),
    unlockHint: t.exposeString('unlockHint', {
      description: 'Who can unlock it, and how.',
    }),
  }),
});

builder.objectType(startFailures.NotConnectedError, {
  name: 'NotConnectedError',
  description: 'The member has no usable connection to that provider; `connectProvider` makes one.',
  interfaces: [ErrorInterface],
});

builder.objectType(startFailures.SyncAlreadyRunningError, {
  name: 'SyncAlreadyRunningError',
  description: 'A historical sync of this account is queued, running, paused or held.',
  interfaces: [ErrorInterface],
});

builder.objectType(startFailures.ReconnectRequiredError, {
  name: 'ReconnectRequiredError',
  description: 'The provider no longer accepts the consent; connect the account again.',
  interfaces: [ErrorInterface],
});

builder.objectType(startFailures.OverrideUnavailableError, {
  name: 'OverrideUnavailableError',
  description:
    'The sync is locked, and whether an override is active cannot be told at this moment. Try again.',
  interfaces: [ErrorInterface],
});

builder.objectType(SyncRefusedError, {
  name: 'SyncRefusedError',
  description:
    'The run cannot be paused, resumed, cancelled or retried now: its state does not allow it, or a newer run of the same account is under way.',
  interfaces: [ErrorInterface],
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description: 'A start is using the override at this moment. Try again after `retryAfterSeconds`.',
  interfaces: [ErrorInterface],
});

builder.objectType(ConnectionRefusedError, {
  name: 'ConnectionRefusedError',
  description:
    'The account cannot be connected or disconnected now: the provider does not answer, refuses, or holds it for another organisation.',
  interfaces: [ErrorInterface],
});
