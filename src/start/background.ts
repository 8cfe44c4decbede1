import { OutboxDelivery } from '../jobs/deliver-mail-outbox.ts';
import { engineSchedules, Scheduler } from '../jobs/schedule.ts';
import type { Accounts } from '../services/accounts/accounts.ts';
import { smtpTransport } from '../services/notifications/mail-transport.ts';
import type { Shutdown } from './shutdown.ts';
import { type WorkerParts, workerFactory } from './worker-factory.ts';
import { WorkerSet } from './worker-set.ts';

export interface BackgroundParts extends WorkerParts {
  readonly accounts: Pick<Accounts, 'openMail' | 'resealTokens'>;
  readonly shutdown: Shutdown;
}

/** Starts the jobs of every company database in this process. */
export async function startWorkers(parts: BackgroundParts): Promise<void> {
  const { companies, config, log, shutdown } = parts;
  const databases = () => companies.all();
  const outbox = new OutboxDelivery({
    databases,
    transport: smtpTransport(config.mail.smtpUrl, config.mail.from),
    log,
  });
  outbox.start();
  shutdown.add('the mail outbox', () => outbox.stop());
  const resealing = resealOldTokens(parts);
  shutdown.add('re-sealing', () => resealing);
  const workers = new WorkerSet({
    databases,
    workerFor: workerFactory(parts),
    log,
    lookEverySeconds: 30,
  });
  await workers.start();
  shutdown.add('the workers', () => workers.stop(), 18);
}

/** Keys change only with the environment, so a start is the moment to move old tokens to the new key. */
async function resealOldTokens({ accounts, log }: BackgroundParts): Promise<void> {
  try {
    const { unreadable } = await accounts.resealTokens();
    if (unreadable > 0) {
      log.error(
        { unreadable },
        'stored tokens cannot be read; put their key back (TOKEN_ENCRYPTION_KEYS)',
      );
    }
  } catch (error) {
    log.warn(
      { err: error },
      'stored tokens could not be moved to the current key; the next start tries again',
    );
  }
}

/** Starts the recurring work; of many processes that do, each tick runs once. */
export async function startSchedules({
  companies,
  config,
  log,
  shutdown,
}: Pick<BackgroundParts, 'companies' | 'config' | 'log' | 'shutdown'>): Promise<void> {
  const scheduler = new Scheduler({
    schedules: [
      ...engineSchedules,
      { name: 'mail', cron: config.schedules.mailSync, job: 'mail.follow' },
    ],
    databases: () => companies.all(),
    log,
  });
  await scheduler.start();
  shutdown.add('the schedules', () => scheduler.stop());
}
