-- Public ids: a sequence through a keyed permutation, so that millions can be made at once, no two are alike, and none
-- can be guessed from another. The keys are made here, once per database, and live in the function's body.
create sequence public_id_number minvalue 1;
create schema scratch;

do $do$
declare
  seeds bigint[] := array(select ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 17, 15))::bit(60)::bigint from generate_series(1, 4));
begin
  execute format($fn$
    create function permute(n bigint, half int) returns bigint language plpgsql immutable strict parallel safe as $body$
    declare
      seeds constant bigint[] := %L;
      mask constant bigint := (1::bigint << half) - 1;
      l bigint := n >> half;
      r bigint := n & mask;
      swap bigint;
    begin
      if n < 0 or n >= 1::bigint << (2 * half) then raise exception 'public ids are used up'; end if;
      for i in 1 .. 4 loop
        swap := r;
        r := l # (hashint8extended(r, seeds[i]) & mask);
        l := swap;
      end loop;
      return (l << half) | r;
    end $body$ $fn$, seeds::text);
end $do$;

-- 'CM', 1 -> 'CM-7GK2-PX4M'. Five bits a character, without the look-alikes I, O, 0 and 1.
create function public_id(prefix text, n bigint, characters int) returns text language plpgsql immutable strict parallel safe as $$
declare
  alphabet constant text := '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  rest bigint := permute(n, characters * 5 / 2);
  code text := '';
begin
  for i in 1 .. characters loop
    code := substr(alphabet, (rest & 31)::int + 1, 1) || code;
    rest := rest >> 5;
    if i = characters / 2 then code := '-' || code; end if;
  end loop;
  return prefix || '-' || code;
end $$;

create function new_id(prefix text) returns text language sql volatile parallel restricted as
  $$ select public_id(prefix, nextval('public_id_number'), 8) $$;
