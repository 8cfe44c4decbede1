import { describe, expect, it } from 'vitest';
import { lazyPrisma } from '../../src/resolvers/lazy-prisma.ts';

/** A stand-in for a borrowed client that writes down what reaches it. */
function lender() {
  const seen: string[] = [];
  const client = {
    message: {
      findMany: async (args: { take: number }) => {
        seen.push(`findMany ${args.take}`);
        return [args.take];
      },
    },
    async $queryRaw(strings: readonly string[], ...values: unknown[]) {
      seen.push(`raw ${strings.join('?')} ${values.join()}`);
      return [];
    },
  };
  let borrowed = 0;
  let released = 0;
  const lazy = lazyPrisma(async () => {
    borrowed += 1;
    const release = () => {
      released += 1;
    };
    return { prisma: Object(client), release };
  });
  return { lazy, seen, counts: () => ({ borrowed, released }) };
}

describe('a lazily borrowed client', () => {
  it('is not borrowed by somebody who only holds it', async () => {
    const { lazy, counts } = lender();
    await lazy.prisma;
    lazy.release();
    expect(counts()).toEqual({ borrowed: 0, released: 0 });
  });

  it('is borrowed once by many readers, and given back once', async () => {
    const { lazy, seen, counts } = lender();
    const answers = await Promise.all(
      [1, 2, 3].map((take) => lazy.prisma.message.findMany({ take })),
    );
    expect(answers).toEqual([[1], [2], [3]]);
    await lazy.prisma.$queryRaw`select ${7}`;
    expect(seen).toEqual(['findMany 1', 'findMany 2', 'findMany 3', 'raw select ? 7']);
    lazy.release();
    await Promise.resolve();
    expect(counts()).toEqual({ borrowed: 1, released: 1 });
  });

  it('goes back even when it is asked for after the end', async () => {
    const { lazy, counts } = lender();
    lazy.release();
    await lazy.prisma.message.findMany({ take: 1 });
    await Promise.resolve();
    expect(counts()).toEqual({ borrowed: 1, released: 1 });
  });

  it('tells the reader when there is none, and nobody else', async () => {
    const lazy = lazyPrisma(() => Promise.reject(new Error('all are lent')));
    await expect(lazy.prisma.message.findMany()).rejects.toThrow('all are lent');
    expect(() => lazy.release()).not.toThrow();
  });
});
