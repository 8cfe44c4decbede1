import { Clock } from './clock.ts';
import { Faults } from './faults.ts';
import { Random } from './random.ts';
import { RequestLog } from './request-log.ts';
import { coreDefaults, coreSettingsSchema, Settings } from './settings.ts';
import type { StatePart } from './state-part.ts';
import { Violations } from './violations.ts';

export interface Core {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly settings: Settings<typeof coreSettingsSchema>;
  readonly violations: Violations;
  readonly parts: readonly StatePart[];
}

/** What all vendors share. */
export function createCore(seed: number): Core {
  const clock = new Clock();
  const random = new Random(seed);
  const faults = new Faults(random);
  const settings = new Settings('core', coreSettingsSchema, coreDefaults);
  return {
    clock,
    random,
    faults,
    settings,
    log: new RequestLog(),
    violations: new Violations(),
    parts: [
      {
        name: 'clock',
        save: () => clock.save(),
        load: (state) => clock.load(state as ReturnType<Clock['save']>),
      },
      { name: 'random', save: () => random.save(), load: (state) => random.load(state as number) },
      faults,
      settings,
    ],
  };
}
