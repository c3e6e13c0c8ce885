-- Who holds a step, or held it last: host and process, so that people find the log of a worker that was lost.
alter table run_step add held_by text;
