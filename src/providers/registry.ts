import type { MailProviderFactory, Vendor } from './contract.ts';
import { GoogleMailFactory, type GoogleMailOptions } from './google/factory.ts';
import { GoogleSignIn, type GoogleSignInOptions } from './google/sign-in.ts';
import { MicrosoftMailFactory, type MicrosoftMailOptions } from './microsoft/factory.ts';
import { MicrosoftSignIn, type MicrosoftSignInOptions } from './microsoft/sign-in.ts';
import type { SignIn } from './sign-in.ts';

/** What one vendor offers; a new vendor adds a line to `createVendors` and a folder beside them. */
export interface VendorParts {
  readonly signIn: SignIn;
  readonly mail: MailProviderFactory;
}

export type Vendors = Readonly<Partial<Record<Vendor, VendorParts>>>;

export interface VendorsOptions {
  /** Absent: Microsoft accounts cannot be connected here. */
  readonly microsoft?: MicrosoftSignInOptions & MicrosoftMailOptions;
  /** Absent: Google accounts cannot be connected here. */
  readonly google?: GoogleSignInOptions & GoogleMailOptions;
}

/** The vendors of this installation. */
export function createVendors({ microsoft, google }: VendorsOptions): Vendors {
  return {
    ...(microsoft === undefined
      ? {}
      : {
          microsoft: {
            signIn: new MicrosoftSignIn(microsoft),
            mail: new MicrosoftMailFactory(microsoft),
          },
        }),
    ...(google === undefined
      ? {}
      : { google: { signIn: new GoogleSignIn(google), mail: new GoogleMailFactory(google) } }),
  };
}
