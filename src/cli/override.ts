import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { LockstepError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { durationSeconds } from '../lib/duration.ts';
import type { OverrideAdministration } from '../services/overrides/administration.ts';
import type { Override } from '../services/overrides/override.ts';
import { answer, reportFailure } from './output.ts';

export interface OverrideCommandParts {
  readonly clock: Clock;
  /** Opens the master database for one command; `companyId` is the deployment's own, if pinned. */
  open(): Promise<{
    readonly overrides: OverrideAdministration;
    readonly companyId: string | null;
    close(): Promise<void>;
  }>;
}

interface OverrideOptions {
  readonly company?: string;
  readonly reason?: string;
  readonly expires?: string;
  readonly json?: boolean;
}

/** Adds `override grant|revoke|list`. Reads the global `--json`; sets the process's exit code. */
export function registerOverride(program: Command, parts: OverrideCommandParts): void {
  const override = program
    .command('override')
    .description("Allow a company's members one more historical mail sync (master database)");

  const run = (work: (opened: Opened, options: OverrideOptions) => Promise<void>) =>
    async function action(this: Command): Promise<void> {
      const options = this.optsWithGlobals<OverrideOptions>();
      try {
        const opened = await parts.open();
        try {
          await work(opened, options);
        } finally {
          await opened.close();
        }
      } catch (error) {
        process.exitCode = reportFailure(error, options.json ?? false);
      }
    };

  override
    .command('grant')
    .description('Allow one more sync; used up by the first locked connection that starts')
    .option('--company <id>', 'company, by id or slug (default: the only one, or COMPANY_ID)')
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--expires <when>', 'end of the grant: a time (2026-12-31T18:00Z) or a duration (24h)')
    .addHelpText(
      'after',
      '\nExample:\n  lockstep override grant --company acme --reason "mailbox was migrated" --expires 24h',
    )
    .action(
      run(async ({ overrides, companyId }, options) => {
        const granted = await overrides.grant({
          companyId: options.company ?? companyId ?? undefined,
          reason: options.reason ?? '',
          expiresAt: expiry(options.expires, parts.clock()),
          by: operator(),
        });
        answer(options.json ?? false, granted, `granted: ${line(granted)}`);
      }),
    );

  override
    .command('revoke')
    .description('Take back an override that nobody has used yet')
    .option('--company <id>', 'company, by id or slug (default: the only one, or COMPANY_ID)')
    .addHelpText('after', '\nExample:\n  lockstep override revoke --company acme')
    .action(
      run(async ({ overrides, companyId }, options) => {
        const company = options.company ?? companyId ?? undefined;
        const { revoked, override: left } = await overrides.revoke({
          companyId: company,
          by: operator(),
        });
        const text = revoked ? 'revoked' : 'nothing to revoke: no override is active';
        answer(options.json ?? false, { revoked, ...left }, text);
      }),
    );

  override
    .command('list')
    .description('Show the overrides of one company or of all')
    .option('--company <id>', 'company, by id or slug')
    .addHelpText('after', '\nExample:\n  lockstep override list --json')
    .action(
      run(async ({ overrides, companyId }, options) => {
        const found = await overrides.list({ company: options.company ?? companyId ?? undefined });
        const text = found.length === 0 ? 'no overrides yet' : found.map(line).join('\n');
        answer(options.json ?? false, found, text);
      }),
    );
}

type Opened = Awaited<ReturnType<OverrideCommandParts['open']>>;

function expiry(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const seconds = durationSeconds(text);
  const at = seconds === null ? Date.parse(text) : now.getTime() + seconds * 1000;
  if (Number.isNaN(at)) {
    throw new LockstepError(
      'BAD_USER_INPUT',
      `--expires "${text}" is neither a time (2026-12-31T18:00Z) nor a duration (30m, 24h, 7d).`,
      { field: 'expires' },
    );
  }
  return new Date(at);
}

/** Who granted, as the audit names an operator: the account of this machine. */
function operator(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return 'cli'; // No entry for this uid in the password file, usual in containers.
  }
}

function line(override: Override): string {
  const state = override.active ? 'active' : 'not active';
  const until = override.expiresAt ? ` until ${override.expiresAt.toISOString()}` : '';
  return `${override.companySlug}  ${state}${until}  ${override.reason ?? ''}`.trimEnd();
}
