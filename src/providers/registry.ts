import type { MailProviderFactory, Vendor } from './contract.ts';
import { MicrosoftMailFactory, type MicrosoftMailOptions } from './microsoft/factory.ts';
import { MicrosoftSignIn, type MicrosoftSignInOptions } from './microsoft/sign-in.ts';
import type { SignIn } from './sign-in.ts';

/** What one vendor offers; a new vendor adds a line to `createVendors` and a folder beside microsoft. */
export interface VendorParts {
  readonly signIn: SignIn;
  readonly mail: MailProviderFactory;
}

export type Vendors = Readonly<Partial<Record<Vendor, VendorParts>>>;

export interface VendorsOptions {
  /** Absent: Microsoft accounts cannot be connected here. */
  readonly microsoft?: MicrosoftSignInOptions & MicrosoftMailOptions;
}

/** The vendors of this installation. */
export function createVendors({ microsoft }: VendorsOptions): Vendors {
  return microsoft === undefined
    ? {}
    : {
        microsoft: {
          signIn: new MicrosoftSignIn(microsoft),
          mail: new MicrosoftMailFactory(microsoft),
        },
      };
}
