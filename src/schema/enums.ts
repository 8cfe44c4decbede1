import { errorCodes } from '../errors.ts';
import { builder } from './builder.ts';
import { errorCodeTexts } from './error-code-texts.ts';

export const MailProvider = builder.enumType('MailProvider', {
  description: 'A provider whose mail can be read.',
  values: {
    OUTLOOK: { value: 'outlook', description: 'Outlook, through Microsoft Graph.' },
    GMAIL: { value: 'gmail', description: 'Gmail, through the Gmail API.' },
  } as const,
});

export const ConnectableProvider = builder.enumType('ConnectableProvider', {
  description: 'What an account can be connected for. Each asks for its own scopes only.',
  values: {
    OUTLOOK: { value: 'outlook', description: 'Outlook mail.' },
    GMAIL: { value: 'gmail', description: 'Gmail.' },
    ONEDRIVE: { value: 'onedrive', description: 'OneDrive files.' },
  } as const,
});

export const ConnectionStatus = builder.enumType('ConnectionStatus', {
  description: 'Whether a connected account can be used.',
  values: {
    CONNECTED: { value: 'connected', description: 'The account can be read.' },
    RECONNECT_REQUIRED: {
      value: 'reconnect_required',
      description: 'The provider no longer accepts the consent; the member must connect it again.',
    },
    DISCONNECTED: { value: 'disconnected', description: 'The member has disconnected it.' },
  } as const,
});

export const SyncStatus = builder.enumType('SyncStatus', {
  description: 'Where a run is in its life.',
  values: {
    QUEUED: { value: 'queued', description: 'Waits for a worker or for the next attempt.' },
    RUNNING: { value: 'running', description: 'A worker is on it.' },
    PAUSED: { value: 'paused', description: 'Stopped by a person; `resumeSync` lets it go on.' },
    HELD: { value: 'held', description: 'Stopped by a guard until somebody approves it.' },
    COMPLETED: { value: 'completed', description: 'Done; single items may have failed.' },
    FAILED: { value: 'failed', description: 'Given up; `retrySync` goes on from the last page.' },
    CANCELLED: { value: 'cancelled', description: 'Ended by a person for good.' },
  } as const,
});

export const SyncKind = builder.enumType('SyncKind', {
  description: 'What a run synchronises.',
  values: {
    INITIAL_MAIL: { value: 'initial_mail', description: 'The one-time historical mail sync.' },
    MAIL_FOLLOW_UP: { value: 'mail_follow_up', description: 'New and changed mail since then.' },
    CALENDAR: { value: 'calendar', description: 'A calendar account, both ways.' },
    ONEDRIVE: { value: 'onedrive', description: 'A OneDrive file or folder.' },
    USERS: { value: 'users', description: 'Profiles of the sign-in directory.' },
    EXTERNAL: { value: 'external', description: 'A synchronisation that another program reports.' },
  } as const,
});

export const SyncAction = builder.enumType('SyncAction', {
  description: 'What an entry of the activity log reports.',
  values: {
    STARTED: { value: 'started', description: 'The run began.' },
    PROGRESS: { value: 'progress', description: 'A part of the work is done.' },
    CREATED: { value: 'created', description: 'Items were created.' },
    UPDATED: { value: 'updated', description: 'Items were changed.' },
    DELETED: { value: 'deleted', description: 'Items were deleted.' },
    SKIPPED: { value: 'skipped', description: 'Items were left alone.' },
    FAILED: { value: 'failed', description: 'An item or the run failed.' },
    RETRIED: { value: 'retried', description: 'Another attempt follows.' },
    PAUSED: { value: 'paused', description: 'The run was paused.' },
    RESUMED: { value: 'resumed', description: 'The run goes on.' },
    CANCELLED: { value: 'cancelled', description: 'The run was cancelled.' },
    COMPLETED: { value: 'completed', description: 'The run is done.' },
    HELD: { value: 'held', description: 'A guard stopped the run.' },
    WAITING: { value: 'waiting', description: 'The run waits, usually for the provider.' },
    AUDITED: { value: 'audited', description: 'Stored items were compared with the provider.' },
  } as const,
});

export const MessageDirection = builder.enumType('MessageDirection', {
  description: 'Whether a message came in or went out, seen from the member.',
  values: {
    INBOUND: { value: 'inbound', description: 'Received.' },
    OUTBOUND: { value: 'outbound', description: 'Sent.' },
  } as const,
});

export const FailedItemStatus = builder.enumType('FailedItemStatus', {
  description: 'What became of an item that was set aside.',
  values: {
    OPEN: { value: 'open', description: 'Nothing has been done about it.' },
    RETRIED: { value: 'retried', description: 'A retry was asked for and has not ended.' },
    RESOLVED: { value: 'resolved', description: 'A later attempt succeeded.' },
    DISCARDED: { value: 'discarded', description: 'Somebody decided to leave it out.' },
  } as const,
});

export const UserRole = builder.enumType('UserRole', {
  description: 'What a member may do; each role includes the ones before it.',
  values: {
    USER: { value: 'user', description: 'Their own accounts, mail and runs.' },
    ADMIN: { value: 'admin', description: 'Everything of their organisation.' },
    SUPER_ADMIN: { value: 'super_admin', description: 'The whole installation; audited.' },
  } as const,
});

export const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Stable codes of all errors, also found in `extensions.code`.',
  values: Object.fromEntries(
    errorCodes.map((code) => [code, { value: code, description: errorCodeTexts[code] }]),
  ),
});
