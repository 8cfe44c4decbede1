import type { MailMessage } from '../../providers/contract.ts';
import type { FailedItem } from '../sync/run-handler.ts';
import { fetchOne, type ProbedMailbox } from './fetch-one.ts';

const lanes = 4;

export interface FetchedMessages {
  readonly messages: readonly MailMessage[];
  readonly setAside: readonly FailedItem[];
  /** No longer at the provider. */
  readonly gone: readonly string[];
}

/** Fetches messages one by one, four at a time; bound the number of ids, all are held in memory. */
export async function fetchMessages(
  source: ProbedMailbox,
  ids: readonly string[],
): Promise<FetchedMessages> {
  const messages: MailMessage[] = [];
  const setAside: FailedItem[] = [];
  const gone: string[] = [];
  const waiting = [...ids];
  const lane = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const fetched = await fetchOne(source, id);
      switch (fetched.kind) {
        case 'message':
          messages.push(fetched.message);
          break;
        case 'poison':
          setAside.push(fetched.item);
          break;
        case 'gone':
          gone.push(id);
          break;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { messages, setAside, gone };
}
