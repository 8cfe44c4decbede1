import type { CompanyPrismaClient, ScopedPrisma } from '../database/lanes.ts';

/** A client that is borrowed at its first use, and given back by `release`. */
export interface LazyPrisma {
  readonly prisma: CompanyPrismaClient;
  release(): void;
}

type Method = (...parameters: unknown[]) => unknown;

/**
 * Few clients serve many operations, and mutations often need none: this one takes a client only
 * when a resolver reads something. Statements of one tick still reach it in one tick, so that
 * Prisma can batch them.
 */
export function lazyPrisma(borrow: () => Promise<ScopedPrisma>): LazyPrisma {
  let borrowed: Promise<ScopedPrisma> | null = null;
  let released = false;

  function client(): Promise<ScopedPrisma> {
    if (!borrowed) {
      borrowed = borrow();
      if (released) giveBack(borrowed);
    }
    return borrowed;
  }

  const invoke = async (path: readonly string[], parameters: unknown[]): Promise<unknown> => {
    const { prisma } = await client();
    let owner: object = prisma;
    for (const name of path.slice(0, -1)) owner = Reflect.get(owner, name);
    const method: Method = Reflect.get(owner, path.at(-1) ?? '');
    return Reflect.apply(method, owner, parameters);
  };

  const delegate = (model: string) =>
    new Proxy(
      {},
      {
        get:
          (_, method) =>
          (...parameters: unknown[]) =>
            invoke([model, String(method)], parameters),
      },
    );

  const view = new Proxy<Record<string, unknown>>(
    {},
    {
      get(models, name) {
        // Somebody who awaits the client must not take it for a promise.
        if (typeof name !== 'string' || name === 'then') return undefined;
        models[name] ??= name.startsWith('$')
          ? (...parameters: unknown[]) => invoke([name], parameters)
          : delegate(name);
        return models[name];
      },
    },
  );
  return {
    prisma: Object(view),
    release() {
      released = true;
      if (borrowed) giveBack(borrowed);
    },
  };
}

function giveBack(borrowed: Promise<ScopedPrisma>): void {
  borrowed.then(
    (scoped) => scoped.release(),
    // Whoever asked for the client has got the error.
    () => undefined,
  );
}
