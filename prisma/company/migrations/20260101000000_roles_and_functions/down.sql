-- The roles stay: they belong to the whole server and may be used by other databases.
drop schema app cascade;
