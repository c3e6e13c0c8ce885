-- A process that outlives a rotation of the secret key would seal with a key that nobody has any more: its texts are not
-- taken. Of the key only the name is to be seen, which stands in every sealed text. Where no key was proven, as in a database
-- where no process has started yet, nothing can be compared. Each argument is the path of a text in the row.
create function expect_present_key() returns trigger language plpgsql as $$
declare
  place text;
  sealed text;
begin
  foreach place in array tg_argv loop
    sealed := to_jsonb(new) #>> place::text[];
    if sealed <> coalesce(to_jsonb(old) #>> place::text[], '') and exists (select from secret_key)
      and not exists (select from secret_key where id = split_part(sealed, '.', 2))
    then
      raise exception '% of % % is not sealed with the present key', place, tg_table_name, new.id using errcode = 'MS001';
    end if;
  end loop;
  return new;
end $$;

revoke all on secret_key from muster_app;
grant select (id) on secret_key to muster_app;
create policy key_names on secret_key for select to muster_app using (true);

create trigger present_key
  before insert or update of redash_api_key, sftp_password, sftp_private_key, sftp_passphrase on campaign for each row
  execute function expect_present_key('{redash_api_key}', '{sftp_password}', '{sftp_private_key}', '{sftp_passphrase}');
create trigger present_key before insert or update of alert_webhook, gateways on company for each row
  execute function expect_present_key('{alert_webhook,secret}', '{gateways,text,secret}', '{gateways,mail,secret}');
