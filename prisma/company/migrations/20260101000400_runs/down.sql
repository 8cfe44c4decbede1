drop table sync_schedule, sync_retry_policy, sync_failed_item, sync_error_log, sync_job_queue;
drop function app.run_owner(text);
drop type sync_status_type, sync_entity_type, sync_type;
