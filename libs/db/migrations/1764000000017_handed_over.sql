-- Whether a file of an earlier generation was handed over: sealed while there was no SFTP, and the company works with it.
alter table run add handed_over boolean not null default false;
