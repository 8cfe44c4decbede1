import type pg from 'pg';
import { LockstepError } from '../errors.ts';
import { borrowedClient } from './borrowed-client.ts';
import { PrismaClient } from './generated/company/client.ts';
import { laneAdapter } from './lane-adapter.ts';
import type { Scope } from './scope.ts';
import { databaseError } from './sqlstate.ts';

export type CompanyPrismaClient = PrismaClient;

/** A Prisma client bound to one scope, for one GraphQL operation. */
export interface ScopedPrisma {
  readonly prisma: CompanyPrismaClient;
  /** Gives it back. Statements begun before still finish under this scope; later ones are refused. */
  release(): void;
}

/** One Prisma client and the borrow it works for. */
interface Lane {
  readonly client: PrismaClient;
  borrow: Borrow | null;
}

interface Borrow {
  readonly scope: Scope;
  released: boolean;
  /** Operations that have begun and not ended. */
  running: number;
}

/** A caller waits this long for a lane, in milliseconds; then UNAVAILABLE. */
const acquireMilliseconds = 2_000;

/**
 * A bounded set of Prisma clients, each used by one scope at a time. Prisma batches `findUnique`
 * calls of one tick per client, so that a client shared by two requests would answer one with the
 * other's scope; and a client per request costs 20 ms and 6 MB. So lanes are lent and reused, and a
 * lane is lent again only when everything of the last borrow has ended.
 */
export class Lanes {
  readonly #pool: pg.Pool;
  readonly #size: number;
  readonly #all: Lane[] = [];
  readonly #free: Lane[] = [];
  readonly #waiting: { give(lane: Lane): void }[] = [];
  #closed = false;

  constructor(pool: pg.Pool, size: number) {
    this.#pool = pool;
    this.#size = size;
  }

  async borrow(scope: Scope): Promise<ScopedPrisma> {
    const lane = await this.#take();
    const borrow: Borrow = { scope, released: false, running: 0 };
    lane.borrow = borrow;
    return {
      prisma: borrowedClient(lane.client, (work) => this.#during(lane, borrow, work)),
      release: () => {
        if (borrow.released) return;
        borrow.released = true;
        this.#settle(lane, borrow);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all.map((lane) => lane.client.$disconnect()));
  }

  /** Runs an operation of a borrow: refused after release, counted while it runs. */
  async #during<T>(lane: Lane, borrow: Borrow, work: () => PromiseLike<T>): Promise<T> {
    if (borrow.released) {
      throw new LockstepError(
        'INTERNAL_SERVER_ERROR',
        'A query came after its operation had ended. Await every query inside the operation.',
      );
    }
    borrow.running += 1;
    try {
      return await work();
    } catch (error) {
      throw databaseError(error);
    } finally {
      borrow.running -= 1;
      this.#settle(lane, borrow);
    }
  }

  #settle(lane: Lane, borrow: Borrow): void {
    if (!borrow.released || borrow.running > 0 || lane.borrow !== borrow) return;
    lane.borrow = null;
    const next = this.#waiting.shift();
    if (next) next.give(lane);
    else this.#free.push(lane);
  }

  async #take(): Promise<Lane> {
    if (this.#closed) throw new LockstepError('UNAVAILABLE', 'The server is shutting down.');
    const free = this.#free.pop();
    if (free) return free;
    if (this.#all.length < this.#size) return this.#create();
    return new Promise((resolve, reject) => {
      const entry = {
        give: (lane: Lane) => {
          clearTimeout(timer);
          resolve(lane);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(
          new LockstepError(
            'UNAVAILABLE',
            'Too many operations at this moment. Try again shortly.',
            {
              retryAfterSeconds: 2,
            },
          ),
        );
      }, acquireMilliseconds);
      this.#waiting.push(entry);
    });
  }

  #create(): Lane {
    // The adapter asks for the scope at each statement; without a borrow there is none.
    const adapter = laneAdapter(this.#pool, () => {
      if (lane.borrow === null) {
        throw new LockstepError('INTERNAL_SERVER_ERROR', 'A query came without a borrowed scope.');
      }
      return lane.borrow.scope;
    });
    const lane: Lane = { client: new PrismaClient({ adapter }), borrow: null };
    this.#all.push(lane);
    return lane;
  }
}
