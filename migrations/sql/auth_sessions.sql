-- Who is asking: sessions, the hashes of their tokens, and the functions every wall is built on.
-- Only functions that are granted below can be reached by the application's role; no table here can.

create schema auth;
revoke all on schema auth from public;
grant usage on schema auth to re_app;

create table auth.secrets (
    name text primary key,
    value bytea not null
);

create table auth.sessions (
    id text primary key default gen_random_uuid()::text,
    user_id int not null references public.users (id) on delete cascade,
    kind text not null check (kind in ('login', 'local', 'token', 'act')),
    name text,
    scopes text[] not null default '{read,write,admin}',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default 'infinity',
    last_used_at timestamptz,
    revoked_at timestamptz
);
create index on auth.sessions (user_id);

-- created_xid: a token serves only after the transaction that made it has committed, so that nobody
-- can use one and then roll its traces back.
create table auth.access (
    hash bytea primary key,
    session_id text not null references auth.sessions (id) on delete cascade,
    expires_at timestamptz not null,
    created_xid xid8 not null default pg_current_xact_id()
);
create index on auth.access (session_id);

-- 30 seconds of leeway: the clock that made the token may be another machine's after a failover.
-- Acting for an account keeps its keys turned over after it was disabled.
create view auth.live as
select a.hash, a.session_id, s.kind, s.scopes, a.expires_at, u.id as user_id, u.is_admin
from auth.access a
join auth.sessions s on s.id = a.session_id
join public.users u on u.id = s.user_id
where a.expires_at + interval '30 seconds' > now()
  and s.expires_at > now()
  and s.revoked_at is null
  and (u.is_active or s.kind = 'act')
  and a.created_xid is distinct from pg_current_xact_id_if_assigned();

create function auth.token_hash() returns bytea
language sql stable parallel safe
return sha256(convert_to(nullif(current_setting('app.token', true), ''), 'UTF8'));

create function auth.uid() returns int
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
as $$ select user_id from auth.live where hash = auth.token_hash() and 'read' = any (scopes) $$;
comment on function auth.uid() is 'Whose rows the session may read; null: nobody''s.';

create function auth.writer() returns int
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
as $$ select user_id from auth.live where hash = auth.token_hash() and 'write' = any (scopes) $$;
comment on function auth.writer() is 'Whose rows the session may write; null: nobody''s.';

create function auth.is_admin() returns boolean
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select is_admin and 'admin' = any (scopes) from auth.live where hash = auth.token_hash()), false)
$$;
comment on function auth.is_admin() is 'Whether the session may look after accounts and keys.';

-- gen_random_uuid() is the one strong source of randomness without an extension: 122 bits each.
create function auth.random_bytes() returns bytea
language sql volatile
return sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

create function auth.base64url(bytes bytea) returns text
language sql immutable parallel safe strict
return translate(encode(bytes, 'base64'), E'+/=\n', '-_');

create function auth.xor_block(key bytea, pad int) returns bytea
language plpgsql immutable parallel safe strict set search_path = pg_catalog, pg_temp
as $$
declare
    block bytea := decode(repeat('00', 64), 'hex');
begin
    if length(key) > 64 then
        key := sha256(key);
    end if;
    for i in 0..63 loop
        block := set_byte(block, i, pad # case when i < length(key) then get_byte(key, i) else 0 end);
    end loop;
    return block;
end $$;

-- RFC 2104 over the built-in sha256(), as the bundled server has no pgcrypto.
create function auth.hmac_sha256(message bytea, key bytea) returns bytea
language sql immutable parallel safe strict
return sha256(auth.xor_block(key, 92) || sha256(auth.xor_block(key, 54) || message));

create function auth.keyed_hash(said text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select encode(substring(auth.hmac_sha256(convert_to(said, 'UTF8'), value) for 16), 'hex')
    from auth.secrets where name = 'pepper'
$$;

insert into auth.secrets values
    ('signing', auth.random_bytes()),
    ('pepper', auth.random_bytes()),
    ('install', uuid_send(gen_random_uuid())),
    ('rounds', '12');

create function auth.install_id() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select encode(value, 'hex') from auth.secrets where name = 'install' $$;
comment on function auth.install_id() is 'Names this database to a key service; not a secret.';

-- An opaque token for a session that already exists; only its hash is kept.
create function auth.issue(session text, prefix text, until timestamptz) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    token text := prefix || auth.base64url(auth.random_bytes());
begin
    insert into auth.access (hash, session_id, expires_at)
    values (sha256(convert_to(token, 'UTF8')), session, until);
    return token;
end $$;

create function auth.note(actor int, session text, action text, detail jsonb default '{}') returns void
language sql volatile set search_path = pg_catalog, pg_temp
as $$
    insert into public.audit_log (actor_id, session_id, action, detail)
    values (actor, session, action, detail)
$$;

-- The local owner of an embedded database: one operating system account is one trust domain, so the
-- first day needs no password; whoever has set one wants to be asked for it. Only the role that owns the schema may call it.
create function auth.local_owner_session() returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    owner int;
    session text;
begin
    perform pg_advisory_xact_lock(7217);
    select min(id) into owner from public.users where is_admin;
    if owner is null then
        insert into public.users (email, full_name, is_admin) values ('owner@localhost', 'Local owner', true)
        returning id into owner;
        perform auth.note(owner, null, 'account.local_owner');
    end if;
    if exists (select from public.users where id = owner and hashed_password is not null) then
        return null;
    end if;
    insert into auth.sessions (user_id, kind) values (owner, 'local') returning id into session;
    return auth.issue(session, 're_local_', 'infinity');
end $$;

-- Puts a table with a user_id behind the wall: forced, for reading by uid() and for writing by writer().
create function auth.wall(walled regclass) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('alter table %s enable row level security', walled);
    execute format('alter table %s force row level security', walled);
    execute format('create policy own_read on %s for select using (user_id = (select auth.uid()))', walled);
    execute format('create policy own_insert on %s for insert with check (user_id = (select auth.writer()))', walled);
    execute format('create policy own_update on %s for update using (user_id = (select auth.writer()))', walled);
    execute format('create policy own_delete on %s for delete using (user_id = (select auth.writer()))', walled);
    execute format('grant select, insert, update, delete on %s to re_app', walled);
    grant usage, select on all sequences in schema public to re_app;
end $$;
comment on function auth.wall(regclass) is 'For migrations: select auth.wall(''my_table'').';

revoke all on all functions in schema auth from public;
grant execute on function auth.token_hash(), auth.uid(), auth.writer(), auth.is_admin(), auth.install_id() to re_app;
