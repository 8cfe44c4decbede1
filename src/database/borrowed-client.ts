import type { PrismaClient } from './generated/company/client.ts';

/** Runs one operation of the borrow that a client belongs to, or refuses it. */
export type During = <T>(work: () => PromiseLike<T>) => Promise<T>;

type Method = (...parameters: unknown[]) => unknown;

/**
 * A lane's client as one borrow sees it: each operation runs inside `during`, from the moment that
 * somebody awaits it. Prisma's own way, a client extension per borrow, costs as much as the query.
 */
export function borrowedClient(client: PrismaClient, during: During): PrismaClient {
  const delegates = new Map<string, object>();
  return new Proxy(client, {
    get(target, property) {
      const found: unknown = Reflect.get(target, property);
      if (typeof property === 'symbol') return found;
      if (typeof found === 'function') return methodOf(target, property, found as Method, during);
      if (typeof found !== 'object' || found === null) return found;
      const delegate = delegates.get(property) ?? borrowedDelegate(found, during);
      delegates.set(property, delegate);
      return delegate;
    },
  });
}

/** A model: `message.findMany(...)` and its like. */
function borrowedDelegate(delegate: object, during: During): object {
  return new Proxy(delegate, {
    get(target, property) {
      const found: unknown = Reflect.get(target, property);
      return typeof found === 'function'
        ? (...parameters: unknown[]) => deferred(Reflect.apply(found, target, parameters), during)
        : found;
    },
  });
}

/** `$transaction` begins when it is called, everything else when it is awaited. */
function methodOf(client: object, name: string, method: Method, during: During): Method {
  if (name === '$transaction') {
    return (...parameters) =>
      during(() => Promise.resolve(Reflect.apply(method, client, parameters)));
  }
  return (...parameters) => deferred(Reflect.apply(method, client, parameters), during);
}

/** Still Prisma's promise, which `$transaction` also takes; only its awaiting is ours. */
function deferred(operation: unknown, during: During): unknown {
  if (!(operation instanceof Object) || !('then' in operation)) return operation;
  let begun: Promise<unknown> | undefined;
  const begin = () => {
    begun ??= during(() => operation as PromiseLike<unknown>);
    return begun;
  };
  return new Proxy(operation, {
    get(target, property) {
      if (property !== 'then' && property !== 'catch' && property !== 'finally') {
        return Reflect.get(target, property);
      }
      return (...handlers: unknown[]) => {
        const running = begin();
        return Reflect.apply(running[property], running, handlers);
      };
    },
  });
}
