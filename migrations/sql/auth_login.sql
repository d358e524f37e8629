-- Signing in: what a client may ask before anybody is known, and how sessions go on and end.
-- A password is never sent: the client gets the bcrypt salt, and proves that it can make the hash.

create table auth.attempts (
    account text primary key,
    failed int not null default 0,
    locked_until timestamptz not null default '-infinity',
    last_at timestamptz not null default now()
);

-- A guess is announced, counted and committed before it is judged. Otherwise whoever holds the
-- connection string could judge guesses without end and roll the counting back.
create table auth.offers (
    account text not null,
    commitment bytea not null,
    made_at timestamptz not null default now(),
    created_xid xid8 not null default pg_current_xact_id(),
    primary key (account, commitment)
);

create table auth.refresh (
    hash bytea primary key,
    session_id text not null references auth.sessions (id) on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index on auth.refresh (session_id);

create table auth.bootstrap (
    hash bytea primary key,
    expires_at timestamptz not null
);

create function auth.account_of(email text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$ select auth.keyed_hash('account|' || lower(email)) $$;

-- A hash that bcrypt did not write signs nobody in; 'sha384:' marks a password over 72 bytes.
create function auth.salt_of(hashed text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$ select substring(hashed from '^(?:sha384:)?(\$2b\$(?:0[4-9]|1[0-6])\$[./A-Za-z0-9]{21}[.Oeu])[./A-Za-z0-9]{31}$') $$;

create function auth.begin_login(email text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select auth.salt_of(u.hashed_password) from public.users u where u.email = lower($1)),
        -- Nobody of that name: a salt that stays the same, so that the answer tells nothing.
        (select '$2b$' || convert_from(value, 'UTF8') || '$' from auth.secrets where name = 'rounds')
        || substring(translate(
            encode(decode(auth.keyed_hash('salt|' || lower($1)), 'hex'), 'base64'),
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
            './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') for 22))
$$;
comment on function auth.begin_login(text) is 'The salt to hash the password with.';

create function auth.offer_login(email text, commitment bytea) returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    who text := auth.account_of(email);
    state auth.attempts;
    moment timestamptz;
begin
    if length(commitment) <> 32 then
        raise invalid_parameter_value using message = 'a commitment has 32 bytes';
    end if;
    delete from auth.offers where made_at < now() - interval '5 minutes';
    delete from auth.attempts where last_at < now() - interval '1 day';
    insert into auth.attempts (account) values (who) on conflict do nothing;
    select * into state from auth.attempts where account = who for update;
    moment := clock_timestamp();
    if state.locked_until > moment then
        perform auth.note(null, null, 'login.locked', jsonb_build_object('account', who));
        return ceil(extract(epoch from state.locked_until - moment));
    end if;
    state.failed := state.failed + 1;
    if state.failed >= 5 then
        state.locked_until := moment + least(3600, 60 * 2 ^ (least(state.failed, 20) - 5)) * interval '1 second';
    end if;
    update auth.attempts
    set failed = state.failed, locked_until = state.locked_until, last_at = moment
    where account = who;
    insert into auth.offers (account, commitment) values (who, $2);
    return 0;
end $$;
comment on function auth.offer_login(text, bytea) is
    'Announces the SHA-256 of proof and nonce; commit, then finish. Returns 0, or the seconds to wait.';

create function auth.sign(claims jsonb) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select message || '.' || auth.base64url(auth.hmac_sha256(convert_to(message, 'UTF8'), s.value))
    from auth.secrets s,
        lateral (select auth.base64url(convert_to('{"alg":"HS256","typ":"JWT"}', 'UTF8')) || '.'
            || auth.base64url(convert_to(claims::text, 'UTF8')) as message) m
    where s.name = 'signing'
$$;

-- A signed access token of 15 minutes; with the hash of the refresh token that follows it.
create function auth.tokens(who int, session text, next_refresh bytea, out access text, out expires_at timestamptz)
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
    moment bigint := floor(extract(epoch from clock_timestamp()));
begin
    if length(next_refresh) <> 32 then
        raise invalid_parameter_value using message = 'a hash of a refresh token has 32 bytes';
    end if;
    expires_at := to_timestamp(moment + 900);
    access := auth.sign(jsonb_build_object(
        'iss', 'realestate', 'aud', 'realestate-cli', 'sub', who::text, 'sid', session, 'typ', 'access',
        'jti', gen_random_uuid()::text, 'iat', moment, 'nbf', moment, 'exp', moment + 900));
    delete from auth.access a where a.session_id = session and a.expires_at < now() - interval '1 minute';
    insert into auth.access (hash, session_id, expires_at)
    values (sha256(convert_to(access, 'UTF8')), session, tokens.expires_at);
    insert into auth.refresh (hash, session_id, expires_at) values (next_refresh, session, now() + interval '7 days');
end $$;

create function auth.finish_login(
    email text, proof text, nonce bytea, next_refresh bytea, out status text, out access text, out expires_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    who text := auth.account_of(email);
    person public.users;
    session text;
begin
    status := 'wrong';
    delete from auth.offers o
    where o.account = who and o.commitment = sha256(convert_to(proof, 'UTF8') || nonce)
      and o.made_at > now() - interval '5 minutes' and o.created_xid <> pg_current_xact_id();
    if not found then
        return;
    end if;
    select * into person from public.users u where u.email = lower(finish_login.email);
    if person.id is null then
        perform auth.note(null, null, 'login.unknown', jsonb_build_object('account', who));
        return;
    end if;
    -- Digests are compared, so that the time taken says nothing about the hash.
    if not person.is_active or auth.salt_of(person.hashed_password) is null
        or sha256(convert_to(proof, 'UTF8')) <> sha256(convert_to(person.hashed_password, 'UTF8')) then
        perform auth.note(person.id, null, 'login.failed', jsonb_build_object('account', who));
        return;
    end if;
    delete from auth.attempts a where a.account = who;
    -- Kept longer than any token lives, so that the reuse of an old one is still noticed.
    delete from auth.sessions s where least(s.expires_at, s.revoked_at) < now() - interval '90 days';
    insert into auth.sessions (user_id, kind, expires_at) values (person.id, 'login', now() + interval '30 days')
    returning id into session;
    status := 'ok';
    select t.access, t.expires_at into access, expires_at from auth.tokens(person.id, session, next_refresh) t;
    perform auth.note(person.id, session, 'login.ok');
end $$;
comment on function auth.finish_login(text, text, bytea, bytea) is 'Judges a proof that was offered; ok or wrong.';

create function auth.refresh_session(
    token text, next_refresh bytea, out status text, out access text, out expires_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    spent auth.refresh;
    held auth.sessions;
begin
    select s.* into held
    from auth.sessions s join auth.refresh r on r.session_id = s.id
    where r.hash = sha256(convert_to(token, 'UTF8')) for update of s;
    select * into spent from auth.refresh r where r.hash = sha256(convert_to(token, 'UTF8'));
    if spent.hash is null then
        status := 'unknown';
    elsif held.revoked_at is not null or held.expires_at < now() or spent.expires_at < now()
        or not exists (select from public.users u where u.id = held.user_id and u.is_active) then
        status := 'ended';
    elsif spent.used_at is null then
        update auth.refresh r set used_at = clock_timestamp() where r.hash = spent.hash;
        status := 'ok';
        select t.access, t.expires_at into access, expires_at from auth.tokens(held.user_id, held.id, next_refresh) t;
    elsif spent.used_at > clock_timestamp() - interval '10 seconds' then
        -- Another process of the same person was a moment faster; its token is in the store.
        status := 'reread';
    else
        -- A token that was spent before is in two hands: nobody keeps the session.
        update auth.sessions s set revoked_at = now() where s.id = held.id;
        perform auth.note(held.user_id, held.id, 'session.reuse');
        status := 'reuse';
    end if;
end $$;
comment on function auth.refresh_session(text, bytea) is
    'Trades a refresh token for an access token and the next refresh token: ok, reread, reuse, ended, unknown.';

create function auth.whoami(
    out user_id int, out email text, out full_name text, out is_admin boolean, out session_id text,
    out kind text, out name text, out scopes text[], out expires_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select u.id, u.email, u.full_name, u.is_admin, s.id, s.kind, s.name, s.scopes, a.expires_at
    from auth.live a join auth.sessions s on s.id = a.session_id join public.users u on u.id = a.user_id
    where a.hash = auth.token_hash()
$$;

create function auth.logout() returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    here record;
begin
    select * into here from auth.whoami();
    if here.session_id is null then
        return false;
    end if;
    update auth.sessions set revoked_at = now() where id = here.session_id;
    perform auth.note(here.user_id, here.session_id, 'logout');
    return true;
end $$;

-- Reads an access token claim by claim, whether or not it is one of ours. The walls do not need it,
-- for they know tokens by their hash; it guards tokens that are handed in from outside.
create function auth.verify_at(token text, moment timestamptz) returns int
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[];
    claims jsonb;
    at numeric := extract(epoch from moment);
begin
    if token is null or length(token) > 4096 then
        return null;
    end if;
    token := btrim(token, E' \t\r\n');
    parts := regexp_match(token, '^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$');
    if parts is null
        or auth.unbase64url(parts[1])::jsonb <> '{"alg": "HS256", "typ": "JWT"}'
        or sha256(convert_to(parts[3], 'UTF8')) <> sha256(convert_to(
            (select auth.base64url(auth.hmac_sha256(convert_to(parts[1] || '.' || parts[2], 'UTF8'), value))
             from auth.secrets where name = 'signing'), 'UTF8')) then
        return null;
    end if;
    claims := auth.unbase64url(parts[2])::jsonb;
    if claims -> 'iss' is distinct from '"realestate"' or claims -> 'aud' is distinct from '"realestate-cli"'
        or claims -> 'typ' is distinct from '"access"'
        or jsonb_typeof(claims -> 'sub') is distinct from 'string' or claims ->> 'sub' !~ '^[1-9][0-9]{0,8}$'
        or jsonb_typeof(claims -> 'sid') is distinct from 'string'
        or jsonb_typeof(claims -> 'jti') is distinct from 'string' or claims ->> 'jti' = ''
        or jsonb_typeof(claims -> 'iat') is distinct from 'number'
        or jsonb_typeof(claims -> 'nbf') is distinct from 'number'
        or jsonb_typeof(claims -> 'exp') is distinct from 'number'
        or (claims ->> 'exp')::numeric - (claims ->> 'iat')::numeric not between 1 and 900
        or (claims ->> 'exp')::numeric + 30 <= at
        or (claims ->> 'nbf')::numeric - 30 > at
        or (claims ->> 'iat')::numeric - 30 > at then
        return null;
    end if;
    return (
        select u.id from auth.sessions s join public.users u on u.id = s.user_id
        where s.id = claims ->> 'sid' and u.id = (claims ->> 'sub')::int
          and u.is_active and s.revoked_at is null and s.expires_at > moment);
exception
    when data_exception or program_limit_exceeded then
        -- Not base64, not UTF-8, not JSON, or nested beyond all reason.
        return null;
end $$;

create function auth.unbase64url(part text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$ select convert_from(decode(translate(part, '-_', '+/') || repeat('=', -length(part) & 3), 'base64'), 'UTF8') $$;

create function auth.verify(token text) returns int
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select auth.verify_at(token, now()) $$;
comment on function auth.verify(text) is 'The user an access token speaks for, if every claim of it holds.';

revoke all on all functions in schema auth from public;
grant execute on function
    auth.begin_login(text), auth.offer_login(text, bytea), auth.finish_login(text, text, bytea, bytea),
    auth.refresh_session(text, bytea), auth.whoami(), auth.logout(), auth.verify(text) to re_app;
