import { type BreakingChange, buildSchema, findBreakingChanges, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';

/** The part of the public contract that exists; nothing of it may be renamed or removed. */
const contract = /* GraphQL */ `
  scalar DateTime
  enum MailProvider { OUTLOOK GMAIL }
  enum SyncStatus { QUEUED RUNNING PAUSED HELD COMPLETED FAILED CANCELLED }
  enum UserRole { USER ADMIN SUPER_ADMIN }
  enum ConnectableProvider { OUTLOOK GMAIL ONEDRIVE }
  interface Node { id: ID! }
  interface Error { message: String! }
  type Query {
    node(id: ID!): Node
    viewer: Viewer!
    syncRun(id: ID!): SyncRun
    syncRuns(first: Int, after: String): QuerySyncRunsConnection!
    messages(first: Int, after: String): QueryMessagesConnection!
    lockedSyncs(first: Int, after: String): QueryLockedSyncsConnection!
    overrides(active: Boolean): [Override!]!
    companies(first: Int, after: String): QueryCompaniesConnection!
    auditLog(first: Int, after: String): QueryAuditLogConnection!
    failedItems(first: Int, after: String, syncRunId: ID): QueryFailedItemsConnection!
  }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type QuerySyncRunsConnection { edges: [QuerySyncRunsConnectionEdge!]! pageInfo: PageInfo! }
  type QuerySyncRunsConnectionEdge { cursor: String! node: SyncRun! }
  type QueryMessagesConnection { edges: [QueryMessagesConnectionEdge!]! pageInfo: PageInfo! }
  type QueryMessagesConnectionEdge { cursor: String! node: Message! }
  type QueryLockedSyncsConnection { pageInfo: PageInfo! }
  type QueryCompaniesConnection { pageInfo: PageInfo! }
  type QueryAuditLogConnection { pageInfo: PageInfo! }
  type QueryFailedItemsConnection { pageInfo: PageInfo! }
  type Message implements Node { id: ID! }
  type SyncRun implements Node { id: ID! status: SyncStatus! }
  type Viewer { member: Member! organization: Organization! connections: [Connection!]! unreadNotifications: Int! }
  type Member implements Node { id: ID! email: String! fullName: String role: UserRole! }
  type Organization implements Node { id: ID! name: String! slug: String! }
  enum ConnectionStatus { CONNECTED RECONNECT_REQUIRED DISCONNECTED }
  type Connection implements Node {
    id: ID! provider: MailProvider! status: ConnectionStatus! canManualSync: Boolean!
    initialSyncCompleted: Boolean! syncLockReason: String
  }
  type Override { id: ID! companyId: ID! active: Boolean! reason: String grantedBy: String grantedAt: DateTime expiresAt: DateTime }
  type Mutation {
    connectProvider(input: ConnectProviderInput!): MutationConnectProviderResult!
    startInitialSync(input: StartInitialSyncInput!): MutationStartInitialSyncResult!
    grantOverride(input: GrantOverrideInput!): MutationGrantOverrideResult!
    revokeOverride(input: RevokeOverrideInput!): MutationRevokeOverrideResult!
    pauseSync(id: ID!): MutationPauseSyncResult!
    resumeSync(id: ID!): MutationResumeSyncResult!
    cancelSync(id: ID!): MutationCancelSyncResult!
    retrySync(id: ID!): MutationRetrySyncResult!
    retryFailedItem(id: ID!): MutationRetryFailedItemResult!
    updateRetryPolicy(input: UpdateRetryPolicyInput!): RetryPolicy!
    markNotificationsRead(input: MarkNotificationsReadInput): NotificationsRead!
  }
  type RetryPolicy { maxAttempts: Int! }
  type NotificationsRead { count: Int! }
  enum FailureCode { RATE_LIMITED }
  input UpdateRetryPolicyInput { failureCode: FailureCode! maxAttempts: Int }
  input MarkNotificationsReadInput { ids: [ID!] }
  input ConnectProviderInput { provider: ConnectableProvider! }
  input StartInitialSyncInput { provider: MailProvider! idempotencyKey: String }
  input GrantOverrideInput { companyId: ID! reason: String! expiresAt: DateTime }
  input RevokeOverrideInput { companyId: ID! }
  type Authorization { authorizationUrl: String! expiresAt: DateTime! }
  type InitialSyncStarted { status: String! jobId: ID! syncRun: SyncRun! provider: MailProvider! backfillDays: Int! locked: Boolean! message: String! }
  type SyncLockedError implements Error { message: String! lockedAt: DateTime lockedBy: String reason: String! unlockHint: String! }
  type NotConnectedError implements Error { message: String! }
  type SyncAlreadyRunningError implements Error { message: String! }
  type ReconnectRequiredError implements Error { message: String! }
  union MutationConnectProviderResult = Authorization
  union MutationStartInitialSyncResult = InitialSyncStarted | SyncLockedError | NotConnectedError | SyncAlreadyRunningError | ReconnectRequiredError
  union MutationGrantOverrideResult = Override
  union MutationRevokeOverrideResult = Override
  union MutationPauseSyncResult = SyncRun
  union MutationResumeSyncResult = SyncRun
  union MutationCancelSyncResult = SyncRun
  union MutationRetrySyncResult = SyncRun
  union MutationRetryFailedItemResult = SyncRun
  type Subscription {
    syncProgress(syncRunId: ID): SyncProgress!
    notifications: Notification!
  }
  type Notification implements Node { id: ID! }
  type SyncProgress {
    syncRunId: ID! status: SyncStatus! entityType: String! sourceSystem: String! totalItems: Int
    processedCount: Int! failedCount: Int! currentItem: Int elapsedSeconds: Float!
    speedItemsPerMinute: Float! etaSeconds: Float percent: Float updatedAt: DateTime!
  }
`;

const breaks = (old: string, now: string): BreakingChange[] =>
  findBreakingChanges(buildSchema(old), buildSchema(now));

describe('the public contract', () => {
  it('is kept: no operation written against it can break', () => {
    expect(breaks(contract, printSchema(schema))).toEqual([]);
  });

  it('is noticed when it is not', () => {
    const renamed = printSchema(schema).replace(/\bbackfillDays\b/, 'days');
    expect(breaks(contract, renamed)).toMatchObject([{ type: 'FIELD_REMOVED' }]);
  });
});
