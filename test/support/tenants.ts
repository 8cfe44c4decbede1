import { randomUUID } from 'node:crypto';
import { withOwner } from './database.ts';

export interface SeededMember {
  readonly id: string;
  readonly email: string;
}

export interface SeededTenant<Name extends string = string> {
  readonly id: string;
  readonly members: Readonly<Record<Name, SeededMember>>;
}

export interface MemberInput {
  readonly email: string;
  readonly membership?: 'member' | 'admin';
  readonly role?: 'user' | 'admin' | 'super_admin';
}

/**
 * Adds an organisation with members to both databases, by the plain SQL that operators use: the
 * contract's column lists, everything else by default or trigger.
 */
export async function seedTenant<Name extends string>(
  databases: { readonly masterUrl: string; readonly companyUrl: string },
  organization: { readonly name: string; readonly slug: string },
  people: Readonly<Record<Name, MemberInput>>,
): Promise<SeededTenant<Name>> {
  const id = randomUUID();
  const row = [id, organization.name, organization.slug];
  await withOwner(databases.masterUrl, (client) =>
    client.query('insert into companies (id, name, slug) values ($1, $2, $3)', row),
  );
  const members = await withOwner(databases.companyUrl, async (client) => {
    await client.query('insert into organization (id, name, slug) values ($1, $2, $3)', row);
    const seeded: [string, SeededMember][] = [];
    for (const [name, person] of Object.entries<MemberInput>(people)) {
      const member = { id: randomUUID(), email: person.email };
      await client.query('insert into auth.users (id, email) values ($1, $2)', [
        member.id,
        member.email,
      ]);
      await client.query(
        'insert into auth.users_extended (id, org_id, email, full_name) values ($1, $2, $3, $4)',
        [member.id, id, member.email, name],
      );
      await client.query(
        'insert into user_organizations (user_id, organization_id, role) values ($1, $2, $3)',
        [member.id, id, person.membership ?? 'member'],
      );
      if (person.role) {
        await client.query('update user_profiles set role = $2 where user_id = $1', [
          member.id,
          person.role,
        ]);
      }
      seeded.push([name, member]);
    }
    return seeded;
  });
  return { id, members: Object.fromEntries(members) as Record<Name, SeededMember> };
}

/** The two organisations of the demo, which most tests need: Acme with three people, Globex with three. */
export async function seedTenants(databases: {
  readonly masterUrl: string;
  readonly companyUrl: string;
}): Promise<{
  readonly acme: SeededTenant<'ana' | 'ben' | 'adam'>;
  readonly globex: SeededTenant<'gus' | 'gina' | 'olga'>;
}> {
  const acme = await seedTenant(
    databases,
    { name: 'Acme', slug: 'acme' },
    {
      ana: { email: 'ana@acme.test' },
      ben: { email: 'ben@acme.test' },
      adam: { email: 'adam@acme.test', role: 'admin', membership: 'admin' },
    },
  );
  const globex = await seedTenant(
    databases,
    { name: 'Globex', slug: 'globex' },
    {
      gus: { email: 'gus@globex.test' },
      gina: { email: 'gina@globex.test', role: 'admin', membership: 'admin' },
      olga: { email: 'olga@lockstep.test', role: 'super_admin' },
    },
  );
  return { acme, globex };
}
