-- Looking after accounts, unattended tokens and the audit log; each function says who may.

create function auth.require_admin(out user_id int, out session_id text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
    select w.user_id, w.session_id into user_id, session_id from auth.whoami() w where auth.is_admin();
    if user_id is null then
        raise insufficient_privilege using message = 'only an administrator may do this';
    end if;
end $$;

create function auth.require_usable(hashed text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
    if auth.salt_of(hashed) is null then
        raise invalid_parameter_value using message = 'not a bcrypt hash';
    end if;
end $$;

create function auth.add_user(email text, full_name text, hashed text, admin boolean) returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
    made int;
begin
    select * into actor from auth.require_admin();
    perform auth.require_usable(hashed);
    insert into public.users (email, full_name, hashed_password, is_admin)
    values (lower($1), $2, $3, $4) returning id into made;
    perform auth.note(actor.user_id, actor.session_id, 'account.add', jsonb_build_object('user', made, 'admin', admin));
    return made;
end $$;

create function auth.set_active(email text, active boolean) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
    target int;
begin
    select * into actor from auth.require_admin();
    -- One change of this kind at a time, so that two admins cannot shut each other out.
    perform pg_advisory_xact_lock(7217);
    select u.id into target from public.users u where u.email = lower($1);
    if target is null then
        return false;
    end if;
    if not active and not exists (select from public.users u where u.is_admin and u.is_active and u.id <> target) then
        raise exception using message = 'the last administrator stays', errcode = 'RE001';
    end if;
    update public.users u set is_active = active, updated_at = now() where u.id = target;
    if not active then
        update auth.sessions s set revoked_at = now() where s.user_id = target and s.revoked_at is null;
    end if;
    perform auth.note(actor.user_id, actor.session_id, case when active then 'account.enable' else 'account.disable' end,
        jsonb_build_object('user', target));
    return true;
end $$;

-- One's own password takes a sign-in of the last five minutes, so that an unlocked desk is not enough;
-- another's takes an administrator. Every other session of the account ends, and every one without a password.
create function auth.set_password(email text, hashed text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
    target public.users;
begin
    perform auth.require_usable(hashed);
    select * into actor from auth.whoami();
    select * into target from public.users u where u.email = lower($1);
    if target.id = actor.user_id and actor.kind in ('login', 'local') then
        if target.hashed_password is not null and not exists (
            select from auth.sessions s where s.id = actor.session_id and s.kind = 'login'
              and s.created_at > now() - interval '5 minutes') then
            raise insufficient_privilege using message = 'sign in again first';
        end if;
    else
        perform auth.require_admin();
        if target.id is null then
            return false;
        end if;
    end if;
    update public.users u set hashed_password = hashed, updated_at = now() where u.id = target.id;
    update auth.sessions s set revoked_at = now()
    where s.user_id = target.id and s.revoked_at is null
      and (s.kind = 'local' or s.kind <> 'token' and s.id <> actor.session_id);
    perform auth.note(actor.user_id, actor.session_id, 'account.password', jsonb_build_object('user', target.id));
    return true;
end $$;

create function auth.new_bootstrap_code() returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    code text := auth.base64url(substring(auth.random_bytes() for 15));
begin
    if exists (select from public.users) then
        return null;
    end if;
    delete from auth.bootstrap;
    insert into auth.bootstrap values (sha256(convert_to(code, 'UTF8')), now() + interval '15 minutes');
    return code;
end $$;

create function auth.bootstrap_admin(code text, email text, full_name text, hashed text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    made int;
begin
    perform auth.require_usable(hashed);
    perform pg_advisory_xact_lock(7217);
    delete from auth.bootstrap b where b.hash = sha256(convert_to(code, 'UTF8')) and b.expires_at > now();
    if not found or exists (select from public.users) then
        perform auth.note(null, null, 'account.bootstrap_refused');
        return false;
    end if;
    insert into public.users (email, full_name, hashed_password, is_admin)
    values (lower($2), $3, $4, true) returning id into made;
    perform auth.note(made, null, 'account.bootstrap', jsonb_build_object('user', made));
    return true;
end $$;

-- For the owner of the schema alone, when no administrator can sign in any more.
create function auth.reset_admin(email text, hashed text) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    target int;
begin
    perform auth.require_usable(hashed);
    update public.users u set hashed_password = $2, is_admin = true, is_active = true, updated_at = now()
    where u.email = lower($1) returning id into target;
    if target is null then
        return false;
    end if;
    update auth.sessions s set revoked_at = now() where s.user_id = target and s.revoked_at is null;
    delete from auth.attempts a where a.account = auth.account_of($1);
    perform auth.note(null, null, 'account.reset_admin', jsonb_build_object('user', target));
    return true;
end $$;

create function auth.create_token(name text, scopes text[], days int) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
    session text;
begin
    select * into actor from auth.whoami();
    if actor.user_id is null or actor.kind not in ('login', 'local') then
        raise insufficient_privilege using message = 'a token is made by a person who is signed in';
    end if;
    if days not between 1 and 366 or scopes = '{}' or not scopes <@ '{read,write,admin}'
        or not 'read' = any (scopes) or name !~ '^[A-Za-z0-9_.-]{1,60}$' then
        raise invalid_parameter_value using message = 'a token has a name, scopes and a life of a year at most';
    end if;
    insert into auth.sessions (user_id, kind, name, scopes, expires_at)
    values (actor.user_id, 'token', $1, $2, now() + days * interval '1 day') returning id into session;
    perform auth.note(actor.user_id, actor.session_id, 'token.add', jsonb_build_object('session', session, 'scopes', scopes));
    return auth.issue(session, 're_pat_', 'infinity');
end $$;
create unique index one_live_token_of_a_name on auth.sessions (user_id, name) where kind = 'token' and revoked_at is null;

create function auth.list_tokens() returns table (
    name text, scopes text[], created_at timestamptz, expires_at timestamptz, last_used_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select s.name, s.scopes, s.created_at, s.expires_at, s.last_used_at from auth.sessions s
    where s.user_id = auth.uid() and s.kind = 'token' and s.revoked_at is null order by s.name
$$;

create function auth.revoke_token(name text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
    ended text;
begin
    select * into actor from auth.whoami();
    update auth.sessions s set revoked_at = now()
    where s.user_id = auth.writer() and s.kind = 'token' and s.name = $1 and s.revoked_at is null
    returning id into ended;
    if ended is null then
        return false;
    end if;
    perform auth.note(actor.user_id, actor.session_id, 'token.revoke', jsonb_build_object('session', ended));
    return true;
end $$;

create function auth.touch_token() returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    update auth.sessions s set last_used_at = now() from auth.live a
    where a.hash = auth.token_hash() and s.id = a.session_id and s.kind = 'token'
      and (s.last_used_at is null or s.last_used_at < now() - interval '1 hour')
$$;

-- Keys are turned over for everybody: an administrator acts for an account for a quarter of an hour,
-- and cannot do so unseen, for a token serves only after what is noted here is committed.
create function auth.act_for(account int) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
    session text;
begin
    select * into actor from auth.require_admin();
    insert into auth.sessions (user_id, kind, scopes, expires_at)
    values (account, 'act', '{read,write}', now() + interval '15 minutes') returning id into session;
    perform auth.note(actor.user_id, actor.session_id, 'account.act_for', jsonb_build_object('user', account));
    return auth.issue(session, 're_act_', now() + interval '15 minutes');
end $$;

create function auth.record(action text, detail jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
begin
    select * into actor from auth.whoami();
    if actor.user_id is null then
        raise insufficient_privilege using message = 'nobody is signed in';
    end if;
    if action !~ '^[a-z]+[.][a-z_]+$' or length(action) > 60 or length(detail::text) > 4096 then
        raise invalid_parameter_value using message = 'not an entry of the audit log';
    end if;
    perform auth.note(actor.user_id, actor.session_id, action, detail);
end $$;

-- What a link of the chain is made of; separated by a character that none of the parts can hold.
create function auth.entry_text(entry public.audit_log) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select concat_ws(E'\x1f', entry.id, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        coalesce(entry.actor_id::text, ''), coalesce(entry.session_id, ''), entry.action, entry.detail::text)
$$;

-- Entries are chained after their own commit, in the order of sealing, so that nothing waits for a long
-- transaction that has an entry open. Returns the number sealed; null when another process is at it.
create function auth.seal_audit() returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    entry public.audit_log;
    last bytea;
    place bigint;
    sealed int := 0;
begin
    if not pg_try_advisory_xact_lock(7219) then
        return null;
    end if;
    select digest, position into last, place from public.audit_seals order by position desc limit 1;
    for entry in
        select e.* from public.audit_log e
        where not exists (select from public.audit_seals s where s.entry_id = e.id) order by e.id
    loop
        last := sha256(coalesce(last, '') || convert_to(auth.entry_text(entry), 'UTF8'));
        place := coalesce(place, 0) + 1;
        insert into public.audit_seals values (place, entry.id, last);
        sealed := sealed + 1;
    end loop;
    return sealed;
end $$;

revoke all on all functions in schema auth from public;
grant execute on function
    auth.add_user(text, text, text, boolean), auth.set_active(text, boolean), auth.set_password(text, text),
    auth.bootstrap_admin(text, text, text, text), auth.create_token(text, text[], int), auth.list_tokens(),
    auth.revoke_token(text), auth.touch_token(), auth.act_for(int), auth.record(text, jsonb), auth.seal_audit()
to re_app;
