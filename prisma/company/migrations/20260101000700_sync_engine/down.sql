drop trigger sync_job_queue_forget_progress on sync_job_queue;
drop function app.forget_run_progress();
drop table sync_preview_cache, sync_progress, sync_activity_log;
drop function cleanup_expired_previews(), validate_sync_totals(), calculate_sync_progress(),
  touch_sync_timestamp(), log_sync_activity();
drop function app.ensure_activity_partitions(integer, date), app.drop_activity_partitions(integer);
drop procedure app.protect_partition(regclass);
drop type sync_action;
