export interface Announcement {
  readonly url: string;
  /** The provider stand-ins' address; null when none run. */
  readonly sandboxUrl: string | null;
  /** Names of the providers it plays. */
  readonly sandboxPlays: readonly string[];
  /** Whether the databases hold the demo organisations. */
  readonly demo: boolean;
}

const demoMembers = `
  Demo members (each has a mailbox of the same address in the sandbox):
    Acme       ana@acme.test, ben@acme.test      members
               adam@acme.test                    admin
    Globex     gus@globex.test                   member
               gina@globex.test                  admin
    Lockstep   olga@lockstep.test                super admin

  Sign in with a bearer token:
    npx lockstep token --user ana@acme.test
`;

/** Tells on stdout where everything is; the ready line comes last, plain whatever the log format. */
export function announce({ url, sandboxUrl, sandboxPlays, demo }: Announcement): void {
  const lines = [
    '',
    `  Address      ${url}`,
    `  GraphiQL     ${url}/graphql`,
    ...(sandboxUrl ? [`  Sandbox      ${sandboxUrl}  (plays ${sandboxPlays.join(' and ')})`] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n${demo ? demoMembers : ''}\n`);
  process.stdout.write(`Lockstep is ready at ${url}\n`);
}
