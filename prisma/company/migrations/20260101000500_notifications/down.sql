drop table idempotency_keys, mail_outbox, notifications;
