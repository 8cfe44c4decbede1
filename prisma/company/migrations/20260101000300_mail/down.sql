drop table messages, mail_folders;
