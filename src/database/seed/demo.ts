import { withConnection } from '../migrate/connection.ts';

/** A person of the demo; the same addresses have mailboxes, calendars and drives in the sandbox. */
export interface DemoMember {
  readonly id: string;
  readonly email: string;
  readonly fullName: string;
  readonly role: 'user' | 'admin' | 'super_admin';
  readonly membership: 'member' | 'admin';
}

export interface DemoOrganization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly members: readonly DemoMember[];
}

const member = (
  id: string,
  email: string,
  fullName: string,
  role: DemoMember['role'] = 'user',
): DemoMember => ({
  id,
  email,
  fullName,
  role,
  membership: role === 'admin' ? 'admin' : 'member',
});

/** Two organisations, so that what separates them can be tried out. Ids are fixed: tokens survive a reset. */
export const demoOrganizations: readonly DemoOrganization[] = [
  {
    id: '0ac3e000-0000-4000-8000-000000000001',
    name: 'Acme',
    slug: 'acme',
    members: [
      member('0ac3e000-0000-4000-8000-000000000011', 'ana@acme.test', 'Ana Alvarez'),
      member('0ac3e000-0000-4000-8000-000000000012', 'ben@acme.test', 'Ben Becker'),
      member('0ac3e000-0000-4000-8000-000000000013', 'adam@acme.test', 'Adam Adeyemi', 'admin'),
      member(
        '0ac3e000-0000-4000-8000-000000000014',
        'olga@lockstep.test',
        'Olga Orlova',
        'super_admin',
      ),
    ],
  },
  {
    id: '0910be00-0000-4000-8000-000000000002',
    name: 'Globex',
    slug: 'globex',
    members: [
      member('0910be00-0000-4000-8000-000000000021', 'gus@globex.test', 'Gus Gruber'),
      member('0910be00-0000-4000-8000-000000000022', 'gina@globex.test', 'Gina Galli', 'admin'),
    ],
  },
];

/** Writes the demo organisations into both migrated databases; what is there already stays as it is. */
export async function seedDemo(urls: {
  readonly master: string;
  readonly company: string;
}): Promise<void> {
  await withConnection(urls.master, async (client) => {
    for (const { id, name, slug } of demoOrganizations) {
      await client.query(
        'insert into companies (id, name, slug) values ($1, $2, $3) on conflict do nothing',
        [id, name, slug],
      );
    }
  });
  await withConnection(urls.company, async (client) => {
    await client.query('begin');
    for (const organization of demoOrganizations) {
      await client.query(
        'insert into organization (id, name, slug) values ($1, $2, $3) on conflict do nothing',
        [organization.id, organization.name, organization.slug],
      );
      for (const person of organization.members) {
        const added = await client.query(
          'insert into auth.users (id, email) values ($1, $2) on conflict do nothing',
          [person.id, person.email],
        );
        if (added.rowCount === 0) continue;
        await client.query(
          'insert into auth.users_extended (id, org_id, email, full_name) values ($1, $2, $3, $4)',
          [person.id, organization.id, person.email, person.fullName],
        );
        await client.query(
          'insert into user_organizations (user_id, organization_id, role) values ($1, $2, $3)',
          [person.id, organization.id, person.membership],
        );
        await client.query('update user_profiles set role = $2 where user_id = $1', [
          person.id,
          person.role,
        ]);
      }
    }
    await client.query('commit');
  });
}
