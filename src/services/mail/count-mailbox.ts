import type { MailFolder, MailProvider, MailWindow } from '../../providers/contract.ts';

const lanes = 4;

export interface CountedFolder {
  readonly folder: MailFolder;
  /** Messages of the window. */
  readonly count: number;
}

/** Every folder that takes part with how much of the window it holds, four counted at a time. */
export async function countMailbox(
  mailbox: MailProvider,
  window: MailWindow,
): Promise<CountedFolder[]> {
  const waiting = [...(await mailbox.listFolders())];
  const counted: CountedFolder[] = [];
  const lane = async (): Promise<void> => {
    for (let folder = waiting.shift(); folder; folder = waiting.shift()) {
      counted.push({ folder, count: await mailbox.countMessages(folder.id, window) });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return counted;
}
