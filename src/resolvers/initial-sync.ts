import {
  type InitialSyncStarted as Started,
  startInitialSync,
} from '../services/initial-sync/start.ts';
import type { MemberContext } from './context.ts';

export type InitialSyncStarted = Started;

interface StartInput {
  readonly provider: 'outlook' | 'gmail';
  readonly idempotencyKey?: string | null | undefined;
}

/** Starts the caller's one-time historical sync. */
export function startSync(
  { member, services }: Pick<MemberContext, 'member' | 'services'>,
  { provider, idempotencyKey }: StartInput,
): Promise<InitialSyncStarted> {
  return startInitialSync(services.initialSync, {
    member,
    provider,
    idempotencyKey: idempotencyKey ?? undefined,
  });
}
