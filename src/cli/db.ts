import { type Command, Option } from 'commander';
import { type MigrationLine, migrationLines } from '../database/migrate/migrations.ts';
import { answer, reportFailure } from './output.ts';

export interface DatabaseCommandParts {
  /** The owner's connection string; raises UNAVAILABLE when the embedded server does not run. */
  url(command: Command, line: MigrationLine): Promise<string>;
}

/** Adds `db url`, for psql and other tools. Sets the process's exit code. */
export function registerDatabase(program: Command, parts: DatabaseCommandParts): void {
  program
    .command('db')
    .description('Reach the databases with other tools')
    .command('url')
    .description("Print the owner's connection string, password included")
    .addOption(
      new Option('--database <which>', 'which database').choices(migrationLines).default('company'),
    )
    .addHelpText('after', '\nExample:\n  psql "$(npx lockstep db url --database master)"')
    .action(async function action(this: Command): Promise<void> {
      const options = this.optsWithGlobals<{ database: MigrationLine; json?: boolean }>();
      try {
        const url = await parts.url(this, options.database);
        answer(options.json ?? false, { database: options.database, url }, url);
      } catch (error) {
        process.exitCode = reportFailure(error, options.json ?? false);
      }
    });
}
