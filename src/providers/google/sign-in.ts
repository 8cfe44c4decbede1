import * as oidc from 'openid-client';
import type { Clock } from '../../lib/clock.ts';
import { ProviderError } from '../errors.ts';
import { providerOrigin } from '../provider-origin.ts';
import type {
  ConsentOutcome,
  ConsentRequest,
  RefreshOutcome,
  SignedInAccount,
  SignIn,
  Tokens,
} from '../sign-in.ts';
import { googleIssuers, googleOrigins } from './google-origins.ts';
import { loginFetch } from './login-fetch.ts';
import { isOtherIssuer, signInError } from './sign-in-error.ts';

export interface GoogleSignInOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Origin to call instead of accounts.google.com. */
  readonly authUrl: string | null;
  /** Origin to call instead of oauth2.googleapis.com. */
  readonly tokenUrl: string | null;
  readonly clock: Clock;
}

type TokenAnswer = Awaited<ReturnType<typeof oidc.refreshTokenGrant>>;

/**
 * Google's OAuth 2.0 by openid-client. Its addresses are fixed
 * (https://accounts.google.com/.well-known/openid-configuration), so no metadata are fetched.
 */
export class GoogleSignIn implements SignIn {
  readonly vendor = 'google';
  readonly #options: GoogleSignInOptions;
  readonly #authOrigin: string;
  readonly #fetch: oidc.CustomFetch;
  readonly #issuers: readonly string[];

  constructor(options: GoogleSignInOptions) {
    this.#options = options;
    const { authUrl, tokenUrl, clock } = options;
    this.#authOrigin = providerOrigin(authUrl, googleOrigins.auth);
    this.#fetch = loginFetch(providerOrigin(tokenUrl, googleOrigins.token), clock);
    // What stands for Google may sign in its own name.
    this.#issuers = [...new Set([...googleIssuers, this.#authOrigin])];
  }

  async authorizationUrl(request: ConsentRequest): Promise<URL> {
    const prompts = [
      ...(request.loginHint ? [] : ['select_account']),
      // A refresh token comes with the first consent only, or when consent is asked for again.
      ...(request.needsRefreshToken ? ['consent'] : []),
    ];
    const url = oidc.buildAuthorizationUrl(this.#configuration(googleIssuers[0], this.#fetch), {
      redirect_uri: request.redirectUri,
      response_type: 'code',
      scope: request.scopes.join(' '),
      access_type: 'offline',
      include_granted_scopes: 'true',
      state: request.state,
      nonce: request.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(request.verifier),
      code_challenge_method: 'S256',
      ...(request.loginHint ? { login_hint: request.loginHint } : {}),
      ...(prompts.length > 0 ? { prompt: prompts.join(' ') } : {}),
    });
    // The browser must reach the origin that is really used.
    return new URL(`${url.pathname}${url.search}`, this.#authOrigin);
  }

  async isOwnIssuer(issuer: string): Promise<boolean> {
    return this.#issuers.includes(issuer);
  }

  async redeem(code: string, request: ConsentRequest): Promise<ConsentOutcome> {
    const callback = new URL(request.redirectUri);
    callback.searchParams.set('code', code);
    callback.searchParams.set('state', request.state);
    const answer = await this.#call((configuration) =>
      oidc.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: request.verifier,
        expectedState: request.state,
        expectedNonce: request.nonce,
        idTokenExpected: true,
      }),
    );
    const account = readAccount(answer.claims());
    if (account) return { tokens: this.#tokens(answer), account };
    throw new ProviderError('PROVIDER_PROTOCOL', 'Google named no account (sub).');
  }

  async refresh(refreshToken: string): Promise<RefreshOutcome> {
    const answer = await this.#call((configuration) =>
      oidc.refreshTokenGrant(configuration, refreshToken),
    );
    return { tokens: this.#tokens(answer), account: readAccount(answer.claims()) };
  }

  async revoke(token: string): Promise<void> {
    try {
      const configuration = this.#configuration(googleIssuers[0], this.#fetch);
      await oidc.tokenRevocation(configuration, token);
    } catch (error) {
      // Dead already, which is what was wanted.
      if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_token') return;
      throw signInError(error);
    }
  }

  /**
   * Asks once and reads the answer with each of the issuers Google goes by: the library takes one, and
   * a code cannot be redeemed again.
   */
  async #call(call: (configuration: oidc.Configuration) => Promise<TokenAnswer>) {
    let answer: Promise<Response> | null = null;
    const once: oidc.CustomFetch = async (url, options) => {
      answer ??= this.#fetch(url, options);
      return (await answer).clone();
    };
    let failure: unknown;
    for (const issuer of this.#issuers) {
      try {
        return await call(this.#configuration(issuer, once));
      } catch (error) {
        failure = error;
        if (!isOtherIssuer(error)) break;
      }
    }
    throw signInError(failure);
  }

  #configuration(issuer: string, transport: oidc.CustomFetch): oidc.Configuration {
    const { clientId, clientSecret } = this.#options;
    const configuration = new oidc.Configuration(
      {
        issuer,
        authorization_endpoint: `${googleOrigins.auth}/o/oauth2/v2/auth`,
        token_endpoint: `${googleOrigins.token}/token`,
        revocation_endpoint: `${googleOrigins.token}/revoke`,
        id_token_signing_alg_values_supported: ['RS256'],
      },
      clientId,
      clientSecret,
    );
    configuration[oidc.customFetch] = transport;
    configuration.timeout = 10;
    return configuration;
  }

  #tokens(answer: TokenAnswer): Tokens {
    const { access_token, refresh_token, expires_in, scope, token_type } = answer;
    if (token_type !== 'bearer' || expires_in === undefined || expires_in <= 0) {
      throw new ProviderError(
        'PROVIDER_PROTOCOL',
        'Google sent a token without a usable type or lifetime; it was not used.',
      );
    }
    return {
      accessToken: access_token,
      refreshToken: refresh_token ?? null,
      expiresAt: new Date(this.#options.clock().getTime() + expires_in * 1000),
      scopes: scope === undefined ? null : scope.split(/\s+/).filter(Boolean),
    };
  }
}

/** Bound by `sub`; addresses change hands. */
function readAccount(claims: oidc.IDToken | undefined): SignedInAccount | null {
  if (claims === undefined || claims.sub === '') return null;
  const { sub, email } = claims;
  return { subject: sub, tenant: null, email: typeof email === 'string' ? email : null };
}
