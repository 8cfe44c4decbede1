import type { Config } from '../../config.ts';
import { errorText } from '../../errors.ts';
import { type Logger, redactText } from '../../log.ts';
import { openFoundation } from '../foundation.ts';
import { Shutdown } from '../shutdown.ts';
import type { Check, Finding, Patient } from './check.ts';
import { databaseChecks } from './database-checks.ts';
import { workChecks } from './work-checks.ts';

/** Looks at everything once; one check that fails does not keep the others from running. */
export async function diagnose(parts: { config: Config; log: Logger }): Promise<Finding[]> {
  const shutdown = new Shutdown();
  // The configuration has been read before; a fault in it ends every command.
  const findings: Finding[] = [
    { check: 'configuration', verdict: 'ok', found: 'no fault', cure: null },
  ];
  try {
    const patient = { ...(await openFoundation({ ...parts, shutdown })), config: parts.config };
    for (const check of [...databaseChecks, ...workChecks]) {
      findings.push(...(await examine(check, patient)));
    }
  } finally {
    await shutdown.run(parts.log);
  }
  return findings;
}

async function examine(check: Check, patient: Patient): Promise<Finding[]> {
  try {
    return (await check.run(patient)).map((finding) => ({ check: check.name, ...finding }));
  } catch (error) {
    const found = redactText(errorText(error));
    return [{ check: check.name, verdict: 'failed', found, cure: check.cure }];
  }
}
