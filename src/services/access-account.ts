/** What the company database says about a user at this moment. */
export interface StoredAccount {
  readonly userId: string;
  readonly email: string;
  readonly homeOrganizationId: string;
  /** False when deactivated in the directory or in the profile, or banned by the sign-in service. */
  readonly active: boolean;
  /** `user_profiles.role`; null while the profile is missing. */
  readonly profileRole: 'user' | 'admin' | 'super_admin' | null;
  readonly memberships: readonly {
    readonly organizationId: string;
    readonly role: 'member' | 'admin';
  }[];
  /** Whether the organisation that was asked for exists and is active, member or not. */
  readonly wishedExists: boolean;
}

/**
 * One user ($1, `auth.users.id`) with all memberships in active organisations, and whether the
 * wished organisation ($2, null for none) exists; one statement, because it runs for every request.
 */
export const accountStatement = `
  select u.id as "userId",
         coalesce(x.email, u.email) as email,
         x.org_id as "homeOrganizationId",
         x.is_active
           and coalesce(p.is_active, true)
           and coalesce(u.banned_until <= now(), true) as active,
         p.role::text as "profileRole",
         coalesce((
           select json_agg(json_build_object('organizationId', m.organization_id, 'role', m.role)
                           order by m.organization_id)
             from user_organizations m
             join organization o on o.id = m.organization_id and o.is_active
            where m.user_id = u.id
         ), '[]'::json) as memberships,
         exists (select from organization where id = $2::uuid and is_active) as "wishedExists"
    from auth.users u
    join auth.users_extended x on x.id = u.id
    left join user_profiles p on p.user_id = u.id
   where u.id = $1`;
