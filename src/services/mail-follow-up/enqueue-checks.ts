import type { CompanyDatabase } from '../../database/company.ts';
import { addJob } from '../../queue/add.ts';
import { readDueConnections } from './read-due-connection.ts';

/**
 * Adds a look at every mailbox of the database that can be followed now. One that still waits is not
 * added again.
 * @returns how many can be followed
 */
export async function enqueueChecks(database: CompanyDatabase): Promise<number> {
  const scope = { role: 'service_role', organizationId: 'all' } as const;
  return database.transaction(scope, async (tx) => {
    const due = await readDueConnections(tx);
    for (const { organizationId, id } of due) {
      const payload = { organizationId, connectionId: id };
      await addJob(tx, 'mail.check', payload, { singletonKey: id });
    }
    return due.length;
  });
}
