import type { Command } from 'commander';
import type { Finding } from '../start/doctor/check.ts';
import { commandContext } from './context.ts';
import { answer, exitCodes } from './output.ts';

const marks = { ok: 'ok       ', attention: 'attention', failed: 'FAILED   ' } as const;

/** `lockstep doctor`: one line a finding, each with its cure. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check configuration, databases, migrations, row-level security, queue, storage')
    .addHelpText('after', '\nExample:\n  lockstep doctor --json')
    .action(async (_options: unknown, command: Command) => {
      const context = commandContext(command);
      const { diagnose } = await import('../start/doctor/diagnose.ts');
      const findings = await diagnose(context);
      answer(context.json, findings, findings.map(line).join('\n'));
      process.exitCode = exitCodeOf(findings);
    });
}

function line({ check, verdict, found, cure }: Finding): string {
  return `${marks[verdict]}  ${check}: ${found}${cure ? `\n             cure: ${cure}` : ''}`;
}

function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.some(({ verdict }) => verdict === 'failed')) return exitCodes.failed;
  if (findings.some(({ verdict }) => verdict === 'attention')) return exitCodes.attention;
  return exitCodes.done;
}
