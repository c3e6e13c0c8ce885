-- Until when a step that has failed is tried again, and at which failure it ends at the latest, as was decided when its last one was
-- recorded; null where nothing was. For people: workers go by their own settings.
alter table run_step add gives_up_at timestamptz(3), add most_failures integer;
