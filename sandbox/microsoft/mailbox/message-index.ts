import type { MessageRecord } from './message-record.ts';

function compare(a: MessageRecord, b: MessageRecord): number {
  return a.at - b.at || a.n - b.n;
}

/** Messages in order of arrival; ties by number. Date windows are found by binary search. */
export class MessageIndex {
  #records: MessageRecord[] = [];
  #sorted = true;

  get size(): number {
    return this.#records.length;
  }

  add(record: MessageRecord): void {
    const last = this.#records.at(-1);
    if (last === undefined || compare(last, record) < 0) {
      this.#records.push(record);
    } else if (this.#sorted && this.#records.length < 1000) {
      this.#records.splice(this.#position(record), 0, record);
    } else {
      // Many additions in a row cost one sort at the next read.
      this.#records.push(record);
      this.#sorted = false;
    }
  }

  remove(record: MessageRecord): void {
    const records = this.records();
    const at = this.#position(record);
    if (records[at] === record) records.splice(at, 1);
  }

  /** All, oldest first. */
  records(): MessageRecord[] {
    if (!this.#sorted) {
      this.#records.sort(compare);
      this.#sorted = true;
    }
    return this.#records;
  }

  /** Positions [from, to) of messages received from `first` up to and including `last`, in seconds. */
  range(first: number, last: number): { from: number; to: number } {
    this.records();
    return {
      from: this.#search((record) => record.at >= first),
      to: this.#search((record) => record.at > last),
    };
  }

  /** How many messages come before this place in the order. */
  before(at: number, n: number): number {
    this.records();
    return this.#search((record) => record.at > at || (record.at === at && record.n >= n));
  }

  #position(record: MessageRecord): number {
    return this.#search((other) => compare(other, record) >= 0);
  }

  #search(isRight: (record: MessageRecord) => boolean): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const record = this.#records[middle];
      if (record !== undefined && isRight(record)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
