import { Browser } from './browser.ts';
import { post } from './graphql.ts';
import type { Product } from './product.ts';

/** Connects a member's Outlook as a person would: asks for the address, signs in, accepts. */
export async function connectOutlook(product: Product, token: string, email: string): Promise<URL> {
  const browser = new Browser();
  const asked = await post<{ connectProvider: { authorizationUrl?: string; message?: string } }>(
    product.url,
    token,
    `mutation { connectProvider(input: { provider: OUTLOOK }) {
      ... on Authorization { authorizationUrl expiresAt }
      ... on Error { message code }
    } }`,
  );
  browser.remember(asked.response);
  const address = asked.data?.connectProvider.authorizationUrl;
  if (!address) throw new Error(`no authorization: ${JSON.stringify(asked)}`);
  const consent = await browser.open(`${address}&login_hint=${encodeURIComponent(email)}`);
  const done = await browser.press(consent, 'Accept');
  return new URL(done.url);
}

export const startMutation = `mutation Start($key: String) {
  startInitialSync(input: { provider: OUTLOOK, idempotencyKey: $key }) {
    __typename
    ... on InitialSyncStarted {
      status jobId provider backfillDays locked message syncRun { id status }
    }
    ... on SyncLockedError { message code lockedAt lockedBy reason unlockHint }
    ... on Error { message code }
  }
}`;

export interface StartAnswer {
  readonly startInitialSync: {
    readonly __typename: string;
    readonly status?: string;
    readonly backfillDays?: number;
    readonly locked?: boolean;
    readonly message: string;
    readonly code?: string;
    readonly lockedAt?: string;
    readonly unlockHint?: string;
    readonly syncRun?: { readonly id: string; readonly status: string };
  };
}

export async function startSync(
  product: Product,
  token: string,
  key?: string,
): Promise<StartAnswer['startInitialSync']> {
  const answer = await post<StartAnswer>(product.url, token, startMutation, { key: key ?? null });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.startInitialSync;
}

export interface ProgressEvent {
  readonly data?: { readonly syncProgress: Progress };
  readonly errors?: readonly { message: string }[];
}

export interface Progress {
  readonly syncRunId: string;
  readonly status: string;
  readonly totalItems: number | null;
  readonly processedCount: number;
  readonly failedCount: number;
  readonly speedItemsPerMinute: number;
  readonly etaSeconds: number | null;
}

export const progressSubscription = `subscription Progress($id: ID) {
  syncProgress(syncRunId: $id) {
    syncRunId status totalItems processedCount failedCount elapsedSeconds
    speedItemsPerMinute etaSeconds percent updatedAt
  }
}`;
