import DataLoader from 'dataloader';
import type { MemberRole } from '../services/access-member.ts';
import type { MemberContext, RequestContext } from './context.ts';

/** A person as the schema shows them. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly fullName: string | null;
  readonly role: MemberRole;
}

/**
 * The people with those ids, in that order, null for who is not visible; one query for all of them.
 * The caller is always visible to themselves, in whichever organisation they work.
 */
export async function peopleOf(
  ids: readonly string[],
  context: RequestContext,
): Promise<(Person | null)[]> {
  const { member, prisma } = context;
  if (!member) return ids.map(() => null);
  const others = ids.filter((id) => id !== member.userId);
  const rows =
    others.length > 0
      ? await prisma.userExtended.findMany({
          where: { id: { in: others } },
          include: { profile: { select: { role: true } } },
        })
      : [];
  const people = new Map<string, Person>(
    rows.map(({ id, email, fullName, profile }) => [
      id,
      { id, email, fullName, role: profile?.role ?? 'user' },
    ]),
  );
  if (others.length < ids.length) {
    people.set(member.userId, await ownPerson({ ...context, member }));
  }
  return ids.map((id) => people.get(id) ?? null);
}

const loaders = new WeakMap<RequestContext, DataLoader<string, Person | null>>();

/** One of them, loaded together with the others that one operation asks for. */
export function personOf(id: string | null, context: RequestContext): Promise<Person | null> {
  if (id === null) return Promise.resolve(null);
  const loader =
    loaders.get(context) ?? new DataLoader((ids: readonly string[]) => peopleOf(ids, context));
  loaders.set(context, loader);
  return loader.load(id);
}

/** The caller as a person. Their row belongs to the home organisation, so no other one narrows it. */
export async function ownPerson({ member, services }: MemberContext): Promise<Person> {
  const { userId, organizationId, email, role } = member;
  const database = await services.companies.of(organizationId);
  const [row] = await database.query<{ fullName: string | null }>(
    { role: 'authenticated', userId },
    'select full_name as "fullName" from auth.users_extended where id = $1',
    [userId],
  );
  return { id: userId, email, fullName: row?.fullName ?? null, role };
}
