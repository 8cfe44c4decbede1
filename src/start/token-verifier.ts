import path from 'node:path';
import type { Config } from '../config.ts';
import { systemClock } from '../lib/clock.ts';
import { openEmbeddedIssuer } from '../services/tokens/embedded-issuer.ts';
import { createJwksVerifier } from '../services/tokens/jwks-verifier.ts';
import { createSecretVerifier } from '../services/tokens/secret-verifier.ts';
import type { TokenVerifier } from '../services/tokens/verify-token.ts';

/** Where the embedded issuer keeps its key pair. */
export function signingKeyFile(dataDir: string): string {
  return path.join(dataDir, 'token-signing-key.json');
}

/** The check of bearer tokens that the configuration asks for. */
export async function tokenVerifier({ auth, dataDir }: Config): Promise<TokenVerifier> {
  const { signer } = auth;
  switch (signer.kind) {
    case 'jwks':
      return createJwksVerifier(signer.url, auth, systemClock);
    case 'secret':
      return createSecretVerifier(signer.secret, auth, systemClock);
    case 'embedded':
      return openEmbeddedIssuer(signingKeyFile(dataDir), auth, systemClock);
  }
}
