import { errorText, LockstepError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../log.ts';
import type { Access } from '../access.ts';
import type { Member } from '../access-member.ts';

/** Something that must end when its member's rights do. */
export interface Watched {
  end(error: Error | null): void;
  onEnd(callback: () => void): void;
}

export interface AccessWatchOptions {
  readonly access: Pick<Access, 'stillMember'>;
  readonly log: Logger;
  readonly clock: Clock;
  /** How often everyone is looked up again, should a change have gone unnoticed. */
  readonly sweepMilliseconds?: number;
}

/** Node fires longer timers at once. */
const longestTimer = 2_147_483_647;

/** Ends streams when the member's token expires, or when membership or role are no longer what they were. */
export class AccessWatch {
  readonly #options: AccessWatchOptions;
  readonly #streams = new Map<string, { readonly member: Member; readonly open: Set<Watched> }>();
  readonly #sweep: NodeJS.Timeout;
  #due = new Set<string>();
  #checking: Promise<void> | null = null;

  constructor(options: AccessWatchOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => this.recheck(null), options.sweepMilliseconds ?? 60_000);
    this.#sweep.unref();
  }

  add(member: Member, stream: Watched): void {
    const key = keyOf(member);
    const entry = this.#streams.get(key) ?? { member, open: new Set<Watched>() };
    this.#streams.set(key, entry);
    entry.open.add(stream);
    const left = member.tokenExpiresAt.getTime() - this.#options.clock().getTime();
    const timer = setTimeout(
      () => stream.end(expired()),
      Math.max(0, Math.min(left, longestTimer)),
    );
    timer.unref();
    stream.onEnd(() => {
      clearTimeout(timer);
      entry.open.delete(stream);
      if (entry.open.size === 0 && this.#streams.get(key) === entry) this.#streams.delete(key);
    });
  }

  /** Looks up the rights of that user again; null: of everyone. */
  recheck(userId: string | null): void {
    for (const [key, { member }] of this.#streams) {
      if (userId === null || member.userId === userId) this.#due.add(key);
    }
    if (this.#due.size === 0) return;
    this.#checking ??= this.#checkDue().finally(() => {
      this.#checking = null;
      if (this.#due.size > 0) this.recheck('');
    });
  }

  close(): void {
    clearInterval(this.#sweep);
  }

  async #checkDue(): Promise<void> {
    for (const key of this.#due) {
      this.#due.delete(key);
      const entry = this.#streams.get(key);
      if (!entry) continue;
      try {
        if (await this.#options.access.stillMember(entry.member)) continue;
        for (const stream of [...entry.open]) stream.end(lost());
      } catch (error) {
        // The database is away; when it is back the feed asks for everyone again.
        this.#options.log.warn({ error: errorText(error) }, 'could not look up a subscriber again');
        return;
      }
    }
  }
}

function keyOf({ userId, organizationId, role }: Member): string {
  return `${userId} ${organizationId} ${role}`;
}

function expired(): LockstepError {
  return new LockstepError(
    'UNAUTHENTICATED',
    'The token has expired. Connect again with a fresh one.',
  );
}

function lost(): LockstepError {
  return new LockstepError(
    'FORBIDDEN',
    'Your membership or role has changed, so this subscription has ended. Subscribe again.',
  );
}
