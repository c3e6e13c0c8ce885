-- What is counted whenever somebody looks at /metrics: rows that wait for a person, among millions that do not.
create index run_parked on run (id) where status = 'failed' and error_code = 'parked';
create index delivery_unknown on delivery (run_id) where state = 'unknown';
