"""Joins sessions and keys to their adapters: who is asking, and the cipher of their personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from realestate.adapters.credentials import SessionFile, given_token
from realestate.errors import NotAllowedError
from realestate.repositories.connection import Connection, connect, connect_as_owner

if TYPE_CHECKING:
    from collections.abc import Callable

    from realestate.domain.keys import WrappingKey
    from realestate.domain.ports import Cipher
    from realestate.services.keys import DataKeys
    from realestate.settings import Settings

EMBEDDED = "embedded"


class OpenSession(NamedTuple):
    """A connection behind the walls, and whose it is."""

    connection: Connection
    user_id: int


def open_session(
    settings: Settings, url: str, owner_url: str | None = None, revive: Callable[[], None] | None = None
) -> OpenSession:
    """Connect as the person who is signed in.

    Args:
        settings: Where tokens come from and are kept.
        url: The database, by the application's role.
        owner_url: The embedded database, by the role that owns it; ``None`` on a server. With it, the
            local owner is signed in without a prompt.
        revive: Starts the embedded server again, see :func:`connect`.

    Raises:
        NotAllowedError: If nobody is signed in, or the token is not valid here.
    """
    given = given_token(settings.token, settings.token_file)
    token = given or stored_token(settings, EMBEDDED)
    if token is None and owner_url is None:
        raise _not_signed_in()
    connection = connect(url, token, revive)
    user_id = user_of(connection)
    if user_id is None and owner_url is not None and given is None:
        _carry(connection, _sign_in_local(settings, owner_url, token))
        user_id = user_of(connection)
    if user_id is None:
        connection.close()
        raise _not_signed_in() if given is None else _bad_token()
    return OpenSession(connection, user_id)


def current_session(settings: Settings, owner_url: str | None = None) -> str:
    """The token of the person who is signed in; in an embedded database the local owner's, made on first use.

    Raises:
        NotAllowedError: If nobody is signed in.
    """
    given = given_token(settings.token, settings.token_file)
    token = given or stored_token(settings, EMBEDDED)
    if token is None and owner_url is not None:
        token = _sign_in_local(settings, owner_url, None)
    if token is None:
        raise _not_signed_in()
    return token


def stored_token(settings: Settings, place: str) -> str | None:
    """The access token kept for a database; ``None`` when nobody is signed in there."""
    kept = SessionFile(settings.config_folder).read(place)
    token = (kept or {}).get("access")
    return token if isinstance(token, str) else None


def user_of(connection: Connection) -> int | None:
    """Id of the user whose token the connection carries; ``None`` for nobody's."""
    with connection.transaction():
        row = connection.execute("select auth.uid()").fetchone()
    return row[0] if row else None


def _carry(connection: Connection, token: str) -> None:
    """Give an open connection another token."""
    with connection.transaction():
        connection.execute("select set_config('app.token', %s, false)", (token,))


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

    return DataKeys(SqlKeyStore(connection), lambda name: wrapping_key(settings, name), SealedCanary())


def wrapping_key(settings: Settings, name: str | None) -> WrappingKey:
    """The key that wraps data keys: by the name beside one, or with ``None`` the one for new ones.

    Raises:
        NotAllowedError: If it is missing here, or is another one.
    """
    from realestate.adapters.local_keys import LocalKeyFile

    path = settings.master_key_file or settings.config_folder / "master.key"
    file = LocalKeyFile(path, settings.master_key)
    if name is None:
        return file.make()
    key = file.read()
    if key.name != name:
        raise NotAllowedError(
            f"This database was encrypted under the key {name}, but the key here is {key.name}.",
            "Bring the right key back with: realestate keys restore FILE",
        )
    return key


def _sign_in_local(settings: Settings, owner_url: str, stale: str | None) -> str:
    """Make a session of the local owner and keep it, unless another process has just done so."""
    file = SessionFile(settings.config_folder)
    with file.lock():
        kept = file.read(EMBEDDED) or {}
        if kept.get("signed_out"):
            raise _not_signed_in()
        token = kept.get("access")
        if isinstance(token, str) and token != stale:
            return token
        with connect_as_owner(owner_url) as owner:
            row = owner.execute("select auth.local_owner_session()").fetchone()
        made = str(row[0]) if row else ""
        file.write(EMBEDDED, {"access": made})
    return made


def _not_signed_in() -> NotAllowedError:
    return NotAllowedError("Nobody is signed in.", "Run: realestate accounts login")


def _bad_token() -> NotAllowedError:
    return NotAllowedError(
        "The token in REALESTATE_TOKEN or REALESTATE_TOKEN_FILE is not valid here: it has expired, was revoked, "
        "or belongs to another database.",
        "Make one: realestate accounts tokens add NAME",
    )
