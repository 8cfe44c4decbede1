import { sleep } from '../../../../src/lib/sleep.ts';
import type { RunContext, RunHandler } from '../../../../src/services/sync/run-handler.ts';

export interface NumbersCheckpoint {
  readonly next: number;
}

export interface NumbersOptions {
  readonly items: number;
  readonly pageSize: number;
  /** Called before each page; throws to fail there. */
  readonly beforePage?: (
    context: RunContext<NumbersCheckpoint>,
    first: number,
  ) => Promise<void> | void;
  /** A pause inside the page's transaction, to be killed in. */
  readonly transactionMilliseconds?: number;
  /** Items that are set aside instead of stored. */
  readonly poison?: readonly number[];
}

/** A kind of run whose provider holds the numbers from 0: its truth is known without asking. */
export function numbersHandler(options: NumbersOptions): RunHandler<NumbersCheckpoint> {
  return {
    kind: 'external',
    async execute(context) {
      let next = context.checkpoint?.next ?? 0;
      while (next < options.items) {
        await options.beforePage?.(context, next);
        const first = next;
        const end = Math.min(first + options.pageSize, options.items);
        const page = Array.from({ length: end - first }, (_, index) => first + index);
        const poison = page.filter((item) => options.poison?.includes(item));
        next = end;
        await context.commitPage(
          {
            checkpoint: { next },
            processed: page.length,
            failed: poison.length,
            total: options.items,
          },
          async (tx) => {
            await tx.query(
              `insert into numbers (org_id, run_id, item)
               select $1, $2, unnest($3::int[])`,
              [
                context.run.organizationId,
                context.run.id,
                page.filter((item) => !poison.includes(item)),
              ],
            );
            for (const item of poison) {
              const itemKey = String(item);
              await context.setAside(tx, { itemKey, code: 'ITEM_INVALID', message: 'odd' });
            }
            if (options.transactionMilliseconds) await sleep(options.transactionMilliseconds);
          },
        );
      }
    },
  };
}
