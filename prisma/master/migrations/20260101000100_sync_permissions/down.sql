drop table sync_permission_audit, sync_permissions;
drop function app.refuse_change(), app.audit_override(), app.stamp_override();
