import type { Config } from '../../config.ts';
import type { Foundation } from '../foundation.ts';

/** What the doctor looks at. */
export interface Patient extends Foundation {
  readonly config: Config;
}

export type Verdict = 'ok' | 'attention' | 'failed';

export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found. */
  readonly found: string;
  /** What to do about it; null when all is well. */
  readonly cure: string | null;
}

/** One thing the doctor looks at; may throw, which is a finding too. */
export interface Check {
  readonly name: string;
  /** What to do when it throws. */
  readonly cure: string;
  run(patient: Patient): Promise<readonly Omit<Finding, 'check'>[]>;
}

export const ok = (found: string): Omit<Finding, 'check'> => ({ verdict: 'ok', found, cure: null });
