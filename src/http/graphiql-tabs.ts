/** Ready operations for a person who explores the API by hand. */
export const graphiqlTabs: readonly { query: string; variables?: string }[] = [
  {
    query: `# Sign in first: put {"authorization": "Bearer <token>"} into the headers below.
# A development token: npx lockstep token --user ana@acme.test
query Me {
  viewer {
    member { id email fullName role }
    organization { id name slug }
    connections {
      id provider accountEmail status canManualSync initialSyncCompleted syncLockReason
    }
    unreadNotifications
  }
}`,
  },
  {
    query: `# Open authorizationUrl in this browser.
mutation Connect($provider: ConnectableProvider!) {
  connectProvider(input: { provider: $provider }) {
    ... on Authorization { authorizationUrl expiresAt }
    ... on Error { code message }
  }
}`,
    variables: '{ "provider": "OUTLOOK" }',
  },
  {
    query: `# Reads 365 days of mail, once. It is locked from then on.
mutation Start($provider: MailProvider!, $key: String) {
  startInitialSync(input: { provider: $provider, idempotencyKey: $key }) {
    ... on InitialSyncStarted {
      status jobId backfillDays locked message
      syncRun { id status }
    }
    ... on SyncLockedError { message lockedAt lockedBy reason unlockHint }
    ... on Error { code message retryAfterSeconds }
  }
}`,
    variables: '{ "provider": "OUTLOOK" }',
  },
  {
    query: `# All runs you may see; give an id for one of them.
subscription Progress($id: ID) {
  syncProgress(syncRunId: $id) {
    syncRunId status processedCount totalItems failedCount percent
    speedItemsPerMinute etaSeconds elapsedSeconds updatedAt
  }
}`,
  },
  {
    query: `query Runs($after: String) {
  syncRuns(first: 20, after: $after) {
    edges {
      node {
        id kind status phase waitingUntil waitingReason errorMessage
        progress { processedCount totalItems percent }
        activity { action message createdAt }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    query: `query Mail($after: String) {
  messages(first: 20, after: $after) {
    edges { node { id subject from { address name } receivedAt folder direction hasAttachments } }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    query: `# Administrators: whose one-time sync is locked.
query Locked {
  lockedSyncs(first: 50) {
    edges { node { id provider accountEmail initialSyncStartedAt syncLockReason member { email } } }
  }
}`,
  },
  {
    query: `# Super administrators: allow a company one more historical sync.
mutation Grant($company: ID!, $reason: String!) {
  grantOverride(input: { companyId: $company, reason: $reason }) {
    ... on Override { companyId companySlug active reason grantedBy grantedAt expiresAt }
    ... on Error { code message }
  }
}`,
    variables: '{ "company": "", "reason": "" }',
  },
];
