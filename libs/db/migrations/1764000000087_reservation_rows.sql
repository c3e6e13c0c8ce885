-- The rows of a set lie together only until the first of them were removed: later sets fill the holes, and what BRIN knows of
-- a range of pages only ever grows. After two rounds each set was looked for in the whole table.
drop index reservation_set_key;
create index reservation_set_key on reservation (set_key);
