import { OutboxDelivery } from '../jobs/deliver-mail-outbox.ts';
import { engineSchedules, Scheduler } from '../jobs/schedule.ts';
import { smtpTransport } from '../services/notifications/mail-transport.ts';
import type { Shutdown } from './shutdown.ts';
import { type WorkerParts, workerFactory } from './worker-factory.ts';
import { WorkerSet } from './worker-set.ts';

export interface BackgroundParts extends WorkerParts {
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
  const workers = new WorkerSet({
    databases,
    workerFor: workerFactory(parts),
    log,
    lookEverySeconds: 30,
  });
  await workers.start();
  shutdown.add('the workers', () => workers.stop(), 18);
}

/** Starts the recurring work; of many processes that do, each tick runs once. */
export async function startSchedules({
  companies,
  log,
  shutdown,
}: Pick<BackgroundParts, 'companies' | 'log' | 'shutdown'>): Promise<void> {
  const scheduler = new Scheduler({
    schedules: engineSchedules,
    databases: () => companies.all(),
    log,
  });
  await scheduler.start();
  shutdown.add('the schedules', () => scheduler.stop());
}
