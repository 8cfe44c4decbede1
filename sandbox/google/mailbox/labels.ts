import { RequestError } from '../../core/request-error.ts';

export const systemLabels = [
  'CHAT',
  'SENT',
  'INBOX',
  'IMPORTANT',
  'TRASH',
  'DRAFT',
  'SPAM',
  'CATEGORY_FORUMS',
  'CATEGORY_UPDATES',
  'CATEGORY_PERSONAL',
  'CATEGORY_PROMOTIONS',
  'CATEGORY_SOCIAL',
  'STARRED',
  'UNREAD',
] as const;

/** Labels that keep a message out of lists that do not ask for them. */
export const hiddenLabels: readonly string[] = ['SPAM', 'TRASH'];

export interface UserLabel {
  readonly id: string;
  readonly name: string;
}

/** A mailbox's labels; a set of labels that many messages carry exists once in memory. */
export class Labels {
  readonly user = new Map<string, UserLabel>();
  readonly #sets = new Map<string, readonly string[]>();
  #number = 0;

  create(name: string): UserLabel {
    if (this.find(name) !== null)
      throw new RequestError(`There is a label "${name}" already.`, 409);
    this.#number += 1;
    return this.restore({ id: `Label_${this.#number}`, name });
  }

  restore(label: UserLabel): UserLabel {
    this.user.set(label.id, label);
    this.#number = Math.max(this.#number, Number(label.id.replace('Label_', '')));
    return label;
  }

  rename(id: string, name: string): void {
    this.user.set(this.requireUser(id).id, { id, name });
  }

  requireUser(id: string): UserLabel {
    const label = this.user.get(id);
    if (label === undefined)
      throw new RequestError(`"${id}" is no label of the person's own.`, 404);
    return label;
  }

  /** The id of a label given by id or name, whatever its case; null when there is none. */
  find(idOrName: string): string | null {
    const wanted = idOrName.toLowerCase();
    const system = systemLabels.find((label) => label.toLowerCase() === wanted);
    if (system !== undefined) return system;
    for (const { id, name } of this.user.values())
      if (id.toLowerCase() === wanted || name.toLowerCase() === wanted) return id;
    return null;
  }

  /** The same, or an error that says what there is. */
  require(idOrName: string): string {
    const id = this.find(idOrName);
    if (id !== null) return id;
    const own = [...this.user.values()].map((label) => label.name);
    throw new RequestError(
      `There is no label "${idOrName}"; there are ${[...systemLabels, ...own].join(', ')}.`,
      404,
    );
  }

  /** The one list in memory that holds these labels. */
  set(ids: Iterable<string>): readonly string[] {
    const sorted = [...new Set(ids)].sort();
    const key = sorted.join(' ');
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    this.#sets.set(key, sorted);
    return sorted;
  }
}
