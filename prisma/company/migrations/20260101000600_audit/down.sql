drop function app.broken_audit_entry(), app.audit_hash(admin_audit_log);
drop table admin_audit_log;
drop function app.chain_audit_entry();
