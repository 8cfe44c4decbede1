import { html } from 'hono/html';
import { pageStyle } from '../../core/oauth/page-style.ts';
import type { Account } from '../directory.ts';
import type { AuthorizeRequest } from './authorize-request.ts';
import { describeScope } from './scopes.ts';

/** The page on which a person picks an account and the permissions. Plain HTML, no script. */
export async function consentPage(
  request: AuthorizeRequest,
  accounts: readonly Account[],
  chosen: Account | null,
): Promise<string> {
  const accountList = accounts.map(
    (account) =>
      html`<label><input type="radio" name="account" value="${account.email}" required ${account === chosen ? 'checked' : ''} /> ${account.name} (${account.email})</label>`,
  );
  const scopeList = request.scopes.map(
    (scope) =>
      html`<label><input type="checkbox" name="granted" value="${scope}" checked /> ${describeScope(scope)} <small>(${scope})</small></label>`,
  );
  return String(
    await html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>Permissions requested - Microsoft sandbox</title><style>${pageStyle}</style></head>
<body>
<main>
<h1>Permissions requested</h1>
<p><strong>${request.client.name}</strong> would like to use your Microsoft sandbox account. Nothing here is real.</p>
<form method="post">
<fieldset><legend>Account</legend>${accountList}</fieldset>
<fieldset><legend>This app would like to</legend>${scopeList}</fieldset>
<button type="submit" name="decision" value="accept">Accept</button>
<button type="submit" name="decision" value="cancel" formnovalidate>Cancel</button>
</form>
</main>
</body>
</html>`,
  );
}

/** The page for faults that must not be sent to a redirect address. */
export async function errorPage(code: number, message: string): Promise<string> {
  return String(
    await html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><title>Sign in to your account</title><style>${pageStyle}</style></head>
<body><main><h1>Sorry, but we are having trouble signing you in.</h1><p>AADSTS${code}: ${message}</p></main></body>
</html>`,
  );
}
