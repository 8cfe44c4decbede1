import { html } from 'hono/html';
import { pageStyle } from '../../core/oauth/page-style.ts';
import type { Account } from '../directory.ts';
import type { AuthorizeRequest } from './authorize-request.ts';
import type { PageFault } from './oauth-error.ts';
import { describeScope, isIdentityScope } from './scopes.ts';

/** The page on which a person picks an account and ticks permissions. Plain HTML, no script. */
export async function consentPage(
  request: AuthorizeRequest,
  accounts: readonly Account[],
  chosen: Account | null,
): Promise<string> {
  const accountList = accounts.map(
    (account) =>
      html`<label><input type="radio" name="account" value="${account.email}" required ${account === chosen ? 'checked' : ''} /> ${account.name} (${account.email})</label>`,
  );
  // The scopes of the sign-in itself cannot be unticked.
  const scopeList = request.scopes.map((scope) =>
    isIdentityScope(scope)
      ? html`<p>${describeScope(scope)} <small>(${scope})</small></p>`
      : html`<label><input type="checkbox" name="granted" value="${scope}" checked /> ${describeScope(scope)} <small>(${scope})</small></label>`,
  );
  return String(
    await html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>Sign in - Google sandbox</title><style>${pageStyle}</style></head>
<body>
<main>
<h1>${request.client.name} wants access to your Google sandbox account</h1>
<p>Nothing here is real.</p>
<form method="post">
<fieldset><legend>Account</legend>${accountList}</fieldset>
<fieldset><legend>Select what ${request.client.name} can access</legend>${scopeList}</fieldset>
<button type="submit" name="decision" value="accept">Continue</button>
<button type="submit" name="decision" value="cancel" formnovalidate>Cancel</button>
</form>
</main>
</body>
</html>`,
  );
}

/** The page for faults that are never sent to a redirect address. */
export async function faultPage(fault: PageFault): Promise<string> {
  return String(
    await html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><title>Error</title><style>${pageStyle}</style></head>
<body><main><h1>Access blocked: Authorization Error</h1><p>${fault.message}</p><p>Error: ${fault.fault}</p></main></body>
</html>`,
  );
}
