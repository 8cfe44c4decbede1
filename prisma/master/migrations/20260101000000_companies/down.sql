drop table companies;
drop schema app cascade;
