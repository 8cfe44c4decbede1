/**
 * SQL: the member of connection `c` still belongs to its organisation and is not deactivated. A
 * guest's directory row belongs to his home organisation and is not visible here; it then says
 * nothing.
 */
export const memberActive = `(
  exists (select from user_organizations o
           where o.user_id = c.tenant_id and o.organization_id = c.org_id)
  and not exists (select from auth.users_extended u where u.id = c.tenant_id and not u.is_active)
  and not exists (select from user_profiles p where p.user_id = c.tenant_id and not p.is_active))`;
