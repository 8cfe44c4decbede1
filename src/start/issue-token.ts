import { LockstepError } from '../errors.ts';
import { systemClock } from '../lib/clock.ts';
import { openEmbeddedIssuer } from '../services/tokens/embedded-issuer.ts';
import { type FoundationParts, openFoundation } from './foundation.ts';
import { Shutdown } from './shutdown.ts';
import { signingKeyFile } from './token-verifier.ts';

/**
 * A token of the embedded issuer for a user of the directory, from any process that has the data
 * folder, whether a server runs or not.
 * @throws LockstepError NOT_FOUND for an address that no row of `auth.users` has
 */
export async function issueTokenFor(
  { config, log }: Omit<FoundationParts, 'shutdown'>,
  email: string,
  ttlSeconds: number,
): Promise<string> {
  if (config.auth.signer.kind !== 'embedded') {
    throw new LockstepError(
      'CONFIGURATION',
      'Tokens are signed by the configured issuer here (AUTH_JWKS_URL or AUTH_JWT_SECRET), so they come from there. The token command serves the embedded development issuer only.',
    );
  }
  const shutdown = new Shutdown();
  try {
    const { companies } = await openFoundation({ config, log, shutdown });
    for (const database of await companies.all()) {
      const [user] = await database.query<{ id: string }>(
        { role: 'service_role', organizationId: 'all' },
        'select id from auth.users where lower(email) = lower($1)',
        [email],
      );
      if (!user) continue;
      const issuer = await openEmbeddedIssuer(
        signingKeyFile(config.dataDir),
        config.auth,
        systemClock,
      );
      return await issuer.issueToken({ userId: user.id, ttlSeconds });
    }
    throw new LockstepError('NOT_FOUND', `No user has the address ${email}.`, { field: 'user' });
  } finally {
    await shutdown.run(log);
  }
}
