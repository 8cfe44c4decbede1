/** What the order needs: time of arrival and a number that breaks ties. */
export interface Arrived {
  readonly n: number;
  readonly at: number;
}

function compare(a: Arrived, b: Arrived): number {
  return a.at - b.at || a.n - b.n;
}

/** Messages in order of arrival; ties by number. Date windows are found by binary search. */
export class MessageIndex<R extends Arrived> {
  #records: R[] = [];
  #sorted = true;

  get size(): number {
    return this.#records.length;
  }

  add(record: R): void {
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

  remove(record: R): void {
    const records = this.records();
    const at = this.#position(record);
    if (records[at] === record) records.splice(at, 1);
  }

  /** All, oldest first. */
  records(): R[] {
    if (!this.#sorted) {
      this.#records.sort(compare);
      this.#sorted = true;
    }
    return this.#records;
  }

  /** Positions [from, to) of messages received from `first` up to and including `last`, in the unit of `at`. */
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

  #position(record: R): number {
    return this.#search((other) => compare(other, record) >= 0);
  }

  #search(isRight: (record: R) => boolean): number {
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
