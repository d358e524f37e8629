"""Joins sessions and keys to their adapters: who is asking, and the cipher of their personal data."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from realestate.adapters.credentials import Credentials, SessionFile, given_token
from realestate.domain.accounts import Kept
from realestate.errors import NotAllowedError
from realestate.repositories.accounts import SqlAccounts, local_owner_session
from realestate.repositories.connection import Connection, connect, connect_as_owner

if TYPE_CHECKING:
    from collections.abc import Callable

    from realestate.adapters.local_keys import LocalKeyFile
    from realestate.domain.keys import WrappingKey
    from realestate.domain.ports import Cipher
    from realestate.services.accounts import Sessions
    from realestate.services.key_rotation import KeyRotation
    from realestate.services.keys import DataKeys
    from realestate.settings import Settings

EMBEDDED = "embedded"
NEAR_HOSTS = ("", "localhost", "127.0.0.1", "::1")


class OpenSession(NamedTuple):
    """A connection behind the walls, and whose it is."""

    connection: Connection
    user_id: int


def open_session(
    settings: Settings, url: str, owner_url: str | None = None, revive: Callable[[], None] | None = None
) -> OpenSession:
    """Connect as the person who is signed in.

    A token from the environment comes first, then the session kept from the last command. An embedded
    database signs its local owner in without a prompt, until they sign out.

    Args:
        settings: Where tokens come from and are kept.
        url: The database, by the application's role.
        owner_url: The embedded database, by the role that owns it; ``None`` on a server.
        revive: Starts the embedded server again, see :func:`connect`.

    Raises:
        NotAllowedError: If nobody is signed in, or the token is not valid here.
    """
    given = given_token(settings.token, settings.token_file)
    kept = None if given else credentials(settings, url, owner_url).load()
    if given is None and owner_url is None and (kept is None or kept.access is None):
        raise not_signed_in()
    connection = connect(url, given or (kept.access if kept else None), revive)
    try:
        user_id = _speak(settings, connection, url, owner_url, given, kept)
    except BaseException:
        connection.close()
        raise
    return OpenSession(connection, user_id)


def _speak(
    settings: Settings, connection: Connection, url: str, owner_url: str | None, given: str | None, kept: Kept | None
) -> int:
    """Have the connection speak for somebody, renewing what has run out; returns whose id."""
    if given is not None:
        return _unattended(connection, given)
    renew(settings, connection, url, owner_url)
    user_id = user_of(connection)
    if user_id is None and kept and kept.refresh:
        # Fresh by this machine's clock, but not by the database's.
        sessions(settings, connection, url, owner_url, stale=kept.access).keep_going()
        user_id = user_of(connection)
    if user_id is None and owner_url is not None and not (kept and (kept.refresh or kept.signed_out)):
        token = sign_in_local(settings, url, owner_url, stale=kept.access if kept else None)
        SqlAccounts(connection).carry(token)
        user_id = user_of(connection)
    if user_id is None:
        raise not_signed_in()
    return user_id


def renew(settings: Settings, connection: Connection, url: str, owner_url: str | None = None) -> None:
    """Renew the session of a long-lived process before its access token runs out; between transactions.

    Raises:
        NotAllowedError: If the session has ended.
    """
    if settings.token is not None or settings.token_file is not None:
        return
    kept = credentials(settings, url, owner_url).load()
    if kept and kept.refresh and (kept.fresh_until is None or kept.fresh_until < time.time()):
        sessions(settings, connection, url, owner_url).keep_going()


def _unattended(connection: Connection, token: str) -> int:
    """Whose token the environment gave; one that is signed is read claim by claim besides."""
    accounts = SqlAccounts(connection)
    user_id = user_of(connection)
    if user_id is None or (not token.startswith("re_") and accounts.verify(token) != user_id):
        raise NotAllowedError(
            "The token in REALESTATE_TOKEN or REALESTATE_TOKEN_FILE is not valid here: it has expired, was revoked,"
            " or belongs to another database.",
            "Make one: realestate accounts tokens add NAME",
        )
    accounts.touch_token()
    return user_id


def credentials(settings: Settings, url: str, owner_url: str | None) -> Credentials:
    """Where the session of a database is kept."""
    from realestate.adapters.keychain import Keychain

    return Credentials(SessionFile(settings.config_folder), _place(url, owner_url), Keychain())


def _place(url: str, owner_url: str | None) -> str:
    """The name of a database among the sessions that are kept."""
    from realestate.repositories.connection_url import connection_parameters

    if owner_url is not None:
        return EMBEDDED
    found = connection_parameters(url)
    return f"{found.get('host', '')}:{found.get('port', '5432')}/{found.get('dbname', '')}"


def sessions(
    settings: Settings, connection: Connection, url: str, owner_url: str | None, stale: str | None = None
) -> Sessions:
    """Signing in and out of a database.

    Args:
        settings: Where sessions are kept.
        connection: Behind the walls; it speaks for whoever signs in.
        url: The database, by the application's role.
        owner_url: The embedded database, by the role that owns it; ``None`` on a server.
        stale: An access token that was refused although it seemed fresh.
    """
    from realestate.adapters.passwords import Bcrypt
    from realestate.services.accounts import Sessions

    return Sessions(SqlAccounts(connection), credentials(settings, url, owner_url), Bcrypt(), stale=stale)


def require_safe_transport(connection: Connection, *, insecure: bool = False) -> None:
    """Refuse to prove a password to a host that has not proved who it is: the proof is as good as the password.

    Raises:
        NotAllowedError: If the host is another machine and its certificate is not verified.
    """
    parameters = connection.info.get_parameters()
    host = parameters.get("host", "")
    near = host in NEAR_HOSTS or host.startswith("/")
    if not (near or insecure or parameters.get("sslmode") == "verify-full"):
        raise NotAllowedError(
            f"{host} has not proved who it is, so no password is proved to it.",
            "Add ?sslmode=verify-full&sslrootcert=system to DATABASE_URL, or accept the risk with --insecure",
        )


def sign_in_local(settings: Settings, url: str, owner_url: str, stale: str | None = None) -> str:
    """Make a session of the local owner and keep it, unless another process has just done so.

    Args:
        settings: Where sessions are kept.
        url: The embedded database, by the application's role.
        owner_url: The same, by the role that owns it.
        stale: A token that the database does not know any more.
    """
    store = credentials(settings, url, owner_url)
    with store.lock():
        kept = store.load()
        if kept and kept.access and kept.access != stale:
            return kept.access
        with connect_as_owner(owner_url) as owner:
            token = local_owner_session(owner)
        if token is None:
            raise not_signed_in()
        store.save(Kept(token))
    return token


def user_of(connection: Connection) -> int | None:
    """Id of the user whose token the connection carries; ``None`` for nobody's."""
    with connection.transaction():
        row = connection.execute("select auth.uid()").fetchone()
    return row[0] if row else None


def open_cipher(connection: Connection, settings: Settings, user_id: int) -> Cipher:
    """The cipher of one user; keys are unwrapped when the first value is met.

    A database without keys gets them here and now, in a transaction of their own: keys that were rolled
    back after a value was encrypted under them would be lost data.

    Args:
        connection: Behind the walls and outside any transaction.
        settings: Where the wrapping key is.
        user_id: Whose values they are.
    """
    from realestate.adapters.sealing import LazySealer

    keys = data_keys(connection, settings)
    with connection.transaction():
        row = connection.execute("select auth.is_admin() and not exists (select from data_keys)").fetchone()
        if row and row[0]:
            keys.make_first()
    return LazySealer(keys.ring, user_id)


def data_keys(connection: Connection, settings: Settings) -> DataKeys:
    """The data keys of the database, wrapped by the key that the settings name."""
    from realestate.adapters.sealing import SealedCanary
    from realestate.repositories.keys import SqlKeyStore
    from realestate.services.keys import DataKeys

    store = SqlKeyStore(connection)
    return DataKeys(store, lambda name: wrapping_key(settings, name, store.install_id), SealedCanary())


def wrapping_key(settings: Settings, name: str | None, install_id: Callable[[], str]) -> WrappingKey:
    """The key that wraps data keys: by the name beside one, or with ``None`` the one for new ones.

    Args:
        settings: Where the local key is, and which KMS key new data keys go under.
        name: ``local:<fingerprint>``, ``aws-kms:<key>``, or ``None``.
        install_id: Names the database to a key service.

    Raises:
        NotAllowedError: If the local key is missing here, or is another one.
    """
    from realestate.adapters.aws_kms import PREFIX, KmsKey

    if name is None and settings.kms_key:
        name = PREFIX + settings.kms_key
    if name is not None and name.startswith(PREFIX):
        return KmsKey(name, install_id())
    file = local_key_file(settings)
    if name is None:
        return file.make()
    key = file.read()
    if key.name != name:
        raise NotAllowedError(
            f"This database was encrypted under the key {name}, but the key here is {key.name}.",
            "Bring the right key back with: realestate keys restore FILE",
        )
    return key


def local_key_file(settings: Settings) -> LocalKeyFile:
    """Where the local key is."""
    from realestate.adapters.local_keys import LocalKeyFile

    return LocalKeyFile(settings.master_key_file or settings.config_folder / "master.key", settings.master_key)


def key_rotation(connection: Connection, settings: Settings) -> KeyRotation:
    """Looking after the keys of the database."""
    from realestate.adapters.sealing import LazySealer
    from realestate.repositories.keys import SqlKeyStore
    from realestate.repositories.sealed_values import SealedValues
    from realestate.services.key_rotation import KeyRotation

    keys = data_keys(connection, settings)
    return KeyRotation(
        SqlKeyStore(connection),
        keys,
        SealedValues(connection),
        SqlAccounts(connection),
        lambda user_id: LazySealer(keys.ring, user_id),
    )


def not_signed_in() -> NotAllowedError:
    """Nobody is signed in."""
    return NotAllowedError("Nobody is signed in.", "Run: realestate accounts login")
