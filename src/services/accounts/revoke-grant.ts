import { sleep } from '../../lib/sleep.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { AccountsParts } from './accounts-parts.ts';
import { type GrantRow, openToken } from './grant.ts';

const tries = 3;

/**
 * Tells the vendor that a grant is over, once nobody uses it: a vendor that can revoke ends everything
 * the person granted this installation, so another member's grant of the same account stands in the
 * way. The tokens are forgotten here already; a failure is logged and changes nothing.
 * @param grant as it was before its tokens were forgotten
 */
export async function revokeGrant(parts: AccountsParts, grant: GrantRow): Promise<void> {
  const { vendors, vault, log } = parts;
  const signIn = vendors[grant.vendor]?.signIn;
  const target = { organizationId: grant.org_id, grantId: grant.id, vendor: grant.vendor };
  try {
    const token =
      openToken(vault, grant, 'refresh_token_sealed') ??
      openToken(vault, grant, 'access_token_sealed');
    if (!signIn?.revoke || token === null || (await isHeldAgain(parts, grant))) return;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await signIn.revoke(token);
        break;
      } catch (error) {
        if (!(error instanceof ProviderError) || attempt === tries) throw error;
        await sleep(100 * 2 ** attempt);
      }
    }
    log.info(target, 'The consent was revoked at the vendor');
  } catch (err) {
    log.warn({ err, ...target }, 'The consent could not be revoked at the vendor');
  }
}

/** By another member of the organisation, or by the same one who connected it anew meanwhile. */
async function isHeldAgain({ databases }: AccountsParts, grant: GrantRow): Promise<boolean> {
  for (const database of await databases.all()) {
    const others = await database.query(
      { role: 'service_role', organizationId: 'all' },
      `select 1 from provider_grants
       where vendor = $1 and subject = $2 and status <> 'revoked' limit 1`,
      [grant.vendor, grant.subject],
    );
    if (others.length > 0) return true;
  }
  return false;
}
