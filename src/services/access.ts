import { LRUCache } from 'lru-cache';
import type { Scope } from '../database/scope.ts';
import { LockstepError } from '../errors.ts';
import { accountStatement, type StoredAccount } from './access-account.ts';
import { type Member, memberOf } from './access-member.ts';
import type { TokenVerifier } from './tokens/verify-token.ts';

/** What access needs of one company database. */
export interface AccountDatabase {
  query<R>(scope: Scope, text: string, values?: readonly unknown[]): Promise<R[]>;
}

export interface AccessOptions {
  readonly databases: { all(): Promise<readonly AccountDatabase[]> };
  readonly verifier: TokenVerifier;
  /** Set where the deployment serves one company only; members of others are strangers then. */
  readonly companyId: string | null;
}

/** Who a request is from, decided by the token for the user and by the database for everything else. */
export interface Access {
  /**
   * The member behind a bearer token, with roles and memberships as they are in the database now.
   * @param organizationId the member's wish (`x-organization-id`); null: the home organisation
   * @throws LockstepError UNAUTHENTICATED (no usable token or account), FORBIDDEN (organisation), UNAVAILABLE
   */
  authenticate(token: string, organizationId: string | null): Promise<Member>;
  /** Whether the member may still act in that organisation with that role; for streams, which outlive a request. */
  stillMember(member: Member): Promise<boolean>;
}

/** How many users' databases are remembered; an entry is a few hundred bytes. */
const rememberedUsers = 10_000;

export function createAccess({ databases, verifier, companyId }: AccessOptions): Access {
  const homes = new LRUCache<string, AccountDatabase>({ max: rememberedUsers });

  /** A user lives in one company database; where is remembered, what it says is read each time. */
  async function account(userId: string, wished: string | null): Promise<StoredAccount | null> {
    const known = homes.get(userId);
    const found = known && (await accountIn(known, userId, wished));
    if (found) return found;
    for (const database of await databases.all()) {
      const stored = database === known ? null : await accountIn(database, userId, wished);
      if (stored) {
        homes.set(userId, database);
        return stored;
      }
    }
    homes.delete(userId);
    return null;
  }

  return {
    async authenticate(token, organizationId) {
      const { userId, expiresAt } = await verifier.verify(token);
      const stored = await account(userId, organizationId);
      return memberOf(stored, { organizationId, companyId, tokenExpiresAt: expiresAt });
    },

    async stillMember(member) {
      const wished = member.reach === 'all' ? null : member.organizationId;
      const stored = await account(member.userId, wished);
      try {
        const now = memberOf(stored, { ...member, organizationId: wished, companyId });
        return now.role === member.role;
      } catch (error) {
        if (error instanceof LockstepError) return false;
        throw error;
      }
    },
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

async function accountIn(
  database: AccountDatabase,
  userId: string,
  wished: string | null,
): Promise<StoredAccount | null> {
  const scope = { role: 'service_role', organizationId: 'all' } as const;
  const organization = wished && uuid.test(wished) ? wished : null;
  const [row] = await database.query<StoredAccount>(scope, accountStatement, [
    userId,
    organization,
  ]);
  return row ?? null;
}
