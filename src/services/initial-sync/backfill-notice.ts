import { mailProviderNames } from './mail-provider-key.ts';
import type { NoticeFacts } from './read-notice-facts.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** The body of the mail; the title is its subject. */
  readonly mail: string;
}

export interface NoticeCircumstances
  extends Pick<NoticeFacts, 'provider' | 'memberName' | 'stored' | 'setAside' | 'missing'> {
  readonly returned: 'right' | 'override' | null;
  /** Why the run failed, as it may be shown. */
  readonly error: string | null;
}

/** What a member is told when the historical sync has ended. No text of any message is in it. */
export function backfillNotice(
  outcome: 'completed' | 'failed',
  circumstances: NoticeCircumstances,
): Notice {
  const provider = mailProviderNames[circumstances.provider];
  const title =
    outcome === 'completed'
      ? `Your ${provider} mail has been read`
      : `Reading your ${provider} mail has failed`;
  const body = outcome === 'completed' ? completed(circumstances) : failed(circumstances);
  const greeting = circumstances.memberName ? `Hello ${circumstances.memberName},` : 'Hello,';
  return { title, body, mail: `${greeting}\n\n${body}\n\nLockstep\n` };
}

function completed({ stored, setAside, missing }: NoticeCircumstances): string {
  const sentences = [`${count(stored)} stored; every one was compared with the provider.`];
  if (setAside > 0) {
    sentences.push(`${count(setAside)} could not be stored and can be retried from the run.`);
  }
  if (missing > 0) sentences.push(`${count(missing)} could not be fetched.`);
  return sentences.join(' ');
}

function failed({ stored, returned, error }: NoticeCircumstances): string {
  const sentences = error ? [error] : [];
  switch (returned) {
    case 'right':
      sentences.push('Nothing was stored, so you may start it again.');
      break;
    case 'override':
      sentences.push('Nothing was stored, so the override is given back within two minutes.');
      break;
    case null:
      sentences.push(
        `${count(stored)} stored so far; retry the run and it goes on from there, which needs no new start.`,
      );
      break;
  }
  return sentences.join(' ');
}

function count(messages: number): string {
  return messages === 1 ? '1 message' : `${messages} messages`;
}
