import { LockstepError } from '../errors.ts';

const mailProviders = ['outlook', 'gmail'] as const;
const connectionStatuses = ['connected', 'reconnect_required', 'disconnected'] as const;
const directions = ['inbound', 'outbound'] as const;
const failedItemStatuses = ['open', 'retried', 'resolved', 'discarded'] as const;

/** A check constraint guards these columns, so another value means a newer database than this program. */
function labelOf<T extends string>(labels: readonly T[], column: string) {
  return (value: string): T => {
    const found = labels.find((label) => label === value);
    if (found) return found;
    throw new LockstepError(
      'MIGRATION',
      `The ${column} "${value}" is not known to this version. Update the program.`,
    );
  };
}

export const mailProviderOf = labelOf(mailProviders, 'provider');
export const connectionStatusOf = labelOf(connectionStatuses, 'connection status');
export const directionOf = labelOf(directions, 'direction');
export const failedItemStatusOf = labelOf(failedItemStatuses, 'status of a failed item');
