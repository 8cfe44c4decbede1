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
import { loginFetch, loginOrigin } from './login-fetch.ts';
import { isUnusableGrant, signInError } from './sign-in-error.ts';

export interface MicrosoftSignInOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `common`, `organizations`, `consumers` or a tenant id. */
  readonly tenant: string;
  /** Origin to call instead of login.microsoftonline.com. */
  readonly loginUrl: string | null;
  readonly clock: Clock;
}

type TokenAnswer = Awaited<ReturnType<typeof oidc.refreshTokenGrant>>;

/** Microsoft Entra ID, v2.0 endpoints, by openid-client. */
export class MicrosoftSignIn implements SignIn {
  readonly vendor = 'microsoft';
  readonly #options: MicrosoftSignInOptions;
  readonly #origin: string;
  #configuration: Promise<oidc.Configuration> | null = null;

  constructor(options: MicrosoftSignInOptions) {
    this.#options = options;
    this.#origin = providerOrigin(options.loginUrl, loginOrigin);
  }

  async authorizationUrl(request: ConsentRequest): Promise<URL> {
    const configuration = await this.#configured();
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: request.redirectUri,
      response_type: 'code',
      response_mode: 'query',
      scope: request.scopes.join(' '),
      state: request.state,
      nonce: request.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(request.verifier),
      code_challenge_method: 'S256',
      ...(request.loginHint ? { login_hint: request.loginHint } : { prompt: 'select_account' }),
    });
    // The browser must reach the origin that is really used.
    return new URL(`${url.pathname}${url.search}`, this.#origin);
  }

  async isOwnIssuer(issuer: string): Promise<boolean> {
    const [before = '', after = ''] = (await this.#issuer()).split('{tenantid}');
    if (!issuer.startsWith(before) || !issuer.endsWith(after)) return false;
    const tenant = issuer.slice(before.length, issuer.length - after.length);
    return (after === '' && tenant === '') || /^[0-9a-f-]{36}$/i.test(tenant);
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
    throw new ProviderError('PROVIDER_PROTOCOL', 'Microsoft Entra named no account (tid, oid).');
  }

  async refresh(refreshToken: string, scopes: readonly string[]): Promise<RefreshOutcome> {
    // The list that was granted omits offline_access, without which no new refresh token comes.
    const scope = [...new Set([...scopes, 'offline_access'])].join(' ');
    const ask = (configuration: oidc.Configuration) =>
      oidc.refreshTokenGrant(configuration, refreshToken, { scope });
    const answer = await this.#call((configuration) =>
      ask(configuration).catch((error) => {
        if (isUnusableGrant(error)) return ask(configuration);
        throw error;
      }),
    );
    return { tokens: this.#tokens(answer), account: readAccount(answer.claims()) };
  }

  /** The metadata are read once; a failure is not kept. */
  #configured(): Promise<oidc.Configuration> {
    const { clientId, clientSecret, tenant, clock } = this.#options;
    this.#configuration ??= oidc
      .discovery(new URL(`${loginOrigin}/${tenant}/v2.0`), clientId, clientSecret, undefined, {
        [oidc.customFetch]: loginFetch(this.#origin, clock),
        timeout: 10,
      })
      .catch((error) => {
        this.#configuration = null;
        throw signInError(error);
      });
    return this.#configuration;
  }

  async #issuer(): Promise<string> {
    return (await this.#configured()).serverMetadata().issuer;
  }

  async #call<T>(call: (configuration: oidc.Configuration) => Promise<T>): Promise<T> {
    const configuration = await this.#configured();
    try {
      return await call(configuration);
    } catch (error) {
      throw signInError(error);
    }
  }

  #tokens(answer: TokenAnswer): Tokens {
    const { access_token, refresh_token, expires_in, scope, token_type } = answer;
    if (token_type !== 'bearer' || expires_in === undefined || expires_in <= 0) {
      throw new ProviderError(
        'PROVIDER_PROTOCOL',
        'Microsoft Entra sent a token without a usable type or lifetime; it was not used.',
      );
    }
    return {
      accessToken: access_token,
      refreshToken: refresh_token ?? null,
      expiresAt: new Date(this.#options.clock().getTime() + expires_in * 1000),
      scopes: scope === undefined ? null : scope.split(/\s+/).filter(Boolean).map(shortScope),
    };
  }
}

/** Entra may answer with full addresses; a short name means Graph. */
function shortScope(scope: string): string {
  const graph = 'https://graph.microsoft.com/';
  return scope.toLowerCase().startsWith(graph) ? scope.slice(graph.length) : scope;
}

/** Bound by directory and object id; addresses change hands. */
function readAccount(claims: oidc.IDToken | undefined): SignedInAccount | null {
  if (claims === undefined) return null;
  const { tid, oid, email, preferred_username: name } = claims;
  if (typeof tid !== 'string' || typeof oid !== 'string') return null;
  const address = [email, name].find((one) => typeof one === 'string' && one.includes('@'));
  return {
    subject: `${tid}:${oid}`.toLowerCase(),
    tenant: tid.toLowerCase(),
    email: typeof address === 'string' ? address : null,
  };
}
