import { once } from 'node:events';
import { stdin, stdout } from 'node:process';
import { openAccounts, type WorldAddress } from './world.ts';

/** A process of its own that wants tokens: reads its task, says it is ready, starts at the next line. */
interface Task {
  readonly address: WorldAddress;
  readonly organizationId: string;
  readonly grantId: string;
  readonly callers: number;
}

stdin.setEncoding('utf8');
const task: Task = JSON.parse(String((await once(stdin, 'data'))[0]));
const { accounts, close } = openAccounts(task.address);
stdout.write('ready\n');
await once(stdin, 'data');
const outcomes = await Promise.all(
  Array.from({ length: task.callers }, () =>
    accounts.accessToken(task.organizationId, task.grantId).catch((error) => `failed: ${error}`),
  ),
);
stdout.write(`${JSON.stringify(outcomes)}\n`);
await close();
stdin.destroy();
