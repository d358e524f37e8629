"""Joins what the commands accounts, keys, privacy and audit need: the part of the toolkit that guards the rest."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from realestate import access
from realestate.errors import NotAllowedError, RealestateError, UsageError
from realestate.repositories.accounts import SqlAccounts, new_bootstrap_code, owner_has_password, reset_admin
from realestate.repositories.audit import SqlAudit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from realestate.access import OpenSession
    from realestate.database import Database
    from realestate.domain.accounts import Identity
    from realestate.domain.audit import AuditReport
    from realestate.domain.ports import Cipher
    from realestate.repositories.connection import Connection
    from realestate.services.accounts import Accounts, Sessions
    from realestate.services.key_rotation import KeyFinding, KeyRotation, KeyStatus
    from realestate.services.privacy import Privacy
    from realestate.settings import Settings

KEY_DAYS = 365
"""A key encrypts for a year at most."""


class Office:
    """Accounts, keys, privacy and the audit log of one database.

    Args:
        settings: Where keys and sessions are.
        database: The database.
        session: Opens the connection of whoever is signed in.
        cipher: Opens their cipher.
        forget_buyers: Takes buyers out of the vector index.
        forget_pictures: Removes the pictures of houses that this machine keeps; returns how many.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        session: Callable[[], OpenSession],
        cipher: Callable[[], Cipher],
        forget_buyers: Callable[[Sequence[int]], None] = lambda _: None,
        forget_pictures: Callable[[], int] = lambda: 0,
    ) -> None:
        self._settings = settings
        self._database = database
        self._session = session
        self._cipher = cipher
        self._forget = forget_buyers, forget_pictures

    def login(self, email: str, password: str, *, insecure: bool = False) -> Identity:
        """Sign in by password.

        Args:
            email: The account.
            password: As typed.
            insecure: Prove it even to a server that has not proved who it is.

        Raises:
            NotAllowedError: If they are wrong, the account is locked, or the server is not verified.
        """
        with self._anonymous() as connection:
            access.require_safe_transport(connection, insecure=insecure)
            return self._sessions(connection).login(email, password)

    def login_local(self) -> Identity:
        """Sign the local owner of an embedded database in again, while they have no password.

        Raises:
            NotAllowedError: On a server, or when the owner has a password.
        """
        owner_url = self._owner_url
        if owner_url is None:
            raise NotAllowedError("A server wants an account.", "Run: realestate accounts login EMAIL")
        with self._database.connect_as_owner() as owner:
            email = owner_has_password(owner)
        if email:
            raise NotAllowedError("The local owner has a password.", f"Run: realestate accounts login {email}")
        with self._anonymous() as connection:
            SqlAccounts(connection).carry(access.sign_in_local(self._settings, self._database.url, owner_url))
            return self._sessions(connection).whoami()

    def logout(self) -> bool:
        """End the session; returns whether there was one."""
        return self._sessions(self._session().connection).logout()

    def whoami(self) -> Identity:
        """Who is signed in."""
        return self._sessions(self._session().connection).whoami()

    @cached_property
    def accounts(self) -> Accounts:
        """Looking after accounts and tokens."""
        return self._accounts(self._session().connection)

    def bootstrap(
        self, code: str, email: str, password: str, name: str | None = None, *, insecure: bool = False
    ) -> Identity:
        """Make the first administrator of a server and sign them in."""
        with self._anonymous() as connection:
            access.require_safe_transport(connection, insecure=insecure)
            self._accounts(connection).bootstrap(code, email, password, name)
            return self._sessions(connection).login(email, password)

    def open_house(self) -> str:
        """At home, have the local owner, their session and the keys; returns the owner's address."""
        self._cipher()
        return self.whoami().email

    def session_place(self) -> str:
        """Where the session is kept between commands."""
        return access.credentials(self._settings, self._database.url, self._owner_url).place()

    def profile(self) -> dict[str, str | None]:
        """One's own name, phone and address."""
        from realestate.repositories.accounts import SqlProfile
        from realestate.services.profile import Profiles

        connection, user_id = self._session()
        return Profiles(SqlProfile(connection), self._cipher(), user_id).show()

    def set_profile(self, name: str | None, phone: str | None, address: str | None) -> None:
        """Change what is given; phone and address are kept encrypted."""
        from realestate.repositories.accounts import SqlProfile
        from realestate.services.profile import Profiles

        connection, user_id = self._session()
        Profiles(SqlProfile(connection), self._cipher(), user_id).change(name, phone, address)

    def bootstrap_code(self) -> str | None:
        """A one-time code for the first administrator of a server; ``None`` where none is needed."""
        if self._owner_url is not None:
            return None
        with self._database.connect_as_owner() as owner:
            return new_bootstrap_code(owner)

    def reset_admin(self, email: str, password: str) -> None:
        """Make an account an administrator again, by the role that owns the tables.

        Raises:
            UsageError: If there is no such account, or the password is weak.
        """
        from realestate.adapters.passwords import Bcrypt
        from realestate.services.accounts import checked_hash

        hashed = checked_hash(Bcrypt(), password, email)
        with self._database.connect_as_owner() as owner:
            if not reset_admin(owner, email, hashed):
                raise UsageError("There is no account of that address.", "See: realestate accounts list")

    def init_keys(self) -> list[KeyStatus]:
        """Make the first keys where there are none."""
        self._cipher()
        return self.keys.status()

    @cached_property
    def keys(self) -> KeyRotation:
        """Looking after the data keys."""
        return access.key_rotation(self._session().connection, self._settings)

    def reencrypt(self, batch: int, progress: Callable[[int], None]) -> int:
        """Put values under the active key: everybody's for an administrator, else one's own."""
        own = self._session().user_id
        everybody = self.whoami().is_admin
        users = [account.id for account in self.accounts.all()] if everybody else [own]
        return self.keys.reencrypt(users, own, everybody=everybody, batch=batch, progress=progress)

    def rewrap(self, target: str) -> int:
        """Put the data keys under another key: ``local`` or ``aws-kms:KEY``; returns how many.

        Raises:
            UsageError: If it is neither.
            NotAllowedError: If an administrator is not asking, or the key may not be used.
        """
        from realestate.adapters.aws_kms import PREFIX, KmsKey
        from realestate.repositories.keys import SqlKeyStore

        if not self.whoami().is_admin:
            raise NotAllowedError("Only an administrator looks after keys.", "See who is: realestate accounts list")
        if target == "local":
            return self.keys.rewrap(access.local_key_file(self._settings).make())
        if not target.startswith(PREFIX) or target == PREFIX:
            raise UsageError(f"{target!r} is no key.", "Write local, or aws-kms:ARN")
        return self.keys.rewrap(KmsKey(target, SqlKeyStore(self._session().connection).install_id()))

    def check_keys(self) -> Iterator[KeyFinding]:
        """Open every key and every one of one's own values."""
        return self.keys.check(self._session().user_id)

    def backup_key(self, path: Path, passphrase: str | None) -> str:
        """Copy the local key to a file; returns the key's name."""
        from realestate.adapters.key_backup import save

        key = access.local_key_file(self._settings).read()
        save(key, path, passphrase)
        with suppress(RealestateError):
            # The copy is worth having even while the database is away; only its record waits.
            accounts = SqlAccounts(self._session().connection)
            accounts.record("keys.backup", {"key": key.fingerprint})
            accounts.seal_audit()
        return key.name

    def key_worry(self) -> tuple[str, str] | None:
        """What the keys want done and by which command, or ``None``."""
        from realestate.repositories.keys import SqlKeyStore

        store = SqlKeyStore(self._session().connection)
        days = store.active_days()
        if days > KEY_DAYS:
            return f"the key that encrypts is {days} days old", "realestate keys rotate"
        if any(row.kek.startswith("local:") for row in store.all()) and not store.was_backed_up():
            return (
                "no copy of the key was made: lose it, and nobody reads the data again",
                "realestate keys backup FILE",
            )
        return None

    def backup_needs_passphrase(self, path: Path) -> bool:
        """Whether a backup of the key is under a passphrase."""
        from realestate.adapters.key_backup import needs_passphrase

        return needs_passphrase(path)

    def restore_key(self, path: Path, passphrase: str | None) -> str:
        """Bring a key back from its backup, where no other is; returns its name.

        Raises:
            NotAllowedError: If another key is there, or the passphrase is wrong.
        """
        from realestate.adapters.key_backup import load

        key, file = load(path, passphrase), access.local_key_file(self._settings)
        file.keep(key)
        kept = file.read()
        if kept.name != key.name:
            raise NotAllowedError(
                f"{file.path} holds another key, {kept.name}, which may be the only way to somebody's data.",
                f"Put it away first: mv '{file.path}' '{file.path}.{kept.fingerprint}'",
            )
        return key.name

    @cached_property
    def privacy(self) -> Privacy:
        """Looking after what is kept about people."""
        from realestate.repositories.privacy import SqlPrivacy
        from realestate.services.privacy import Privacy

        connection, user_id = self._session()
        accounts = SqlAccounts(connection)
        store = SqlPrivacy(connection, user_id)
        return Privacy(store, connection.transaction, self._cipher(), accounts, *self._forget)

    def audit_entries(self, limit: int) -> list[dict[str, Any]]:
        """The latest entries of the audit log that may be seen."""
        return SqlAudit(self._session().connection).entries(limit)

    def verify_audit(self, known_head: str | None) -> AuditReport:
        """Walk the chain over the audit log.

        Raises:
            NotAllowedError: If an administrator is not asking.
        """
        from realestate.domain.audit import verify

        if not self.whoami().is_admin:
            raise NotAllowedError("Only an administrator sees the whole log.", "See who is: realestate accounts list")
        return verify(SqlAudit(self._session().connection).links(), known_head)

    def seal_audit(self) -> int | None:
        """Chain the entries that are not chained yet; ``None`` when another process is at it."""
        return SqlAccounts(self._session().connection).seal_audit()

    @property
    def _owner_url(self) -> str | None:
        return self._database.owner_url if self._database.embedded else None

    def _sessions(self, connection: Connection) -> Sessions:
        return access.sessions(self._settings, connection, self._database.url, self._owner_url)

    @staticmethod
    def _accounts(connection: Connection) -> Accounts:
        from realestate.adapters.passwords import Bcrypt
        from realestate.services.accounts import Accounts

        return Accounts(SqlAccounts(connection), Bcrypt())

    @contextmanager
    def _anonymous(self) -> Iterator[Connection]:
        with self._database.connect() as connection:
            yield connection
