import type { MemberContext } from './context.ts';
import { personOf } from './members.ts';
import { decodeNodeId } from './node-id.ts';

/** How an object of each type is found by its uuid; row policies hide what is foreign. */
const finders = {
  Organization: ({ prisma }: MemberContext, id: string) =>
    prisma.organization.findUnique({ where: { id } }),
  Member: (context: MemberContext, id: string) => personOf(id, context),
  Connection: ({ prisma }: MemberContext, id: string) =>
    prisma.connection.findUnique({ where: { id } }),
  SyncRun: ({ prisma }: MemberContext, id: string) => prisma.syncRun.findUnique({ where: { id } }),
  Message: ({ prisma }: MemberContext, id: string, selected: object) =>
    prisma.message.findUnique({ ...selected, where: { id } }),
  FailedItem: ({ prisma }: MemberContext, id: string) =>
    prisma.syncFailedItem.findUnique({ where: { id } }),
  Notification: ({ prisma }: MemberContext, id: string) =>
    prisma.notification.findUnique({ where: { id } }),
} as const;

export type NodeType = keyof typeof finders;

const nodeTypes = Object.keys(finders) as NodeType[];

/**
 * The object with that id, with its type's name; null when it is unknown, foreign or no id at all.
 * A plain uuid says no type, so every type is asked for it. `messageQuery` reads of a message what the
 * operation selects, with its account, and not the texts that nobody asked for.
 */
export async function findNode(
  context: MemberContext,
  text: string,
  messageQuery: () => object,
): Promise<({ __typename: NodeType } & object) | null> {
  const decoded = decodeNodeId(text);
  if (!decoded) return null;
  const types = nodeTypes.filter((type) => decoded.type === null || decoded.type === type);
  const found = await Promise.all(
    types.map(async (type) => {
      const row = await finders[type](
        context,
        decoded.id,
        decoded.type === 'Message' ? messageQuery() : {},
      );
      return row && { ...row, __typename: type };
    }),
  );
  return found.find((row) => row !== null) ?? null;
}
