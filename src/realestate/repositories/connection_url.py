"""Reads the ways people write DATABASE_URL, with passwords as they come out of a generator."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from realestate.errors import UsageError

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
EXAMPLE = "write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE"


def connection_parameters(url: str) -> dict[str, str]:
    """Take a URL or libpq's ``key=value`` text apart.

    A password may hold ``%``, ``@``, ``/`` or ``?`` unescaped: user and password end at the
    last ``@`` before the query, and a ``%`` that starts no escape stands for itself.

    Args:
        url: What the user set, e.g. as DATABASE_URL.

    Returns:
        libpq's parameters, such as ``host``, ``user``, ``dbname`` and ``sslmode``.

    Raises:
        UsageError: If it is no address of a Postgres; the message holds no password.
    """
    text = url.strip()
    if "://" not in text:
        return _known(_key_value(text))
    scheme, _, rest = text.partition("://")
    if scheme not in SCHEMES:
        raise UsageError(f"DATABASE_URL begins with {scheme}://, which is no PostgreSQL.", EXAMPLE)
    userinfo, place = _split_at_host(rest)
    place, _, query = place.partition("?")
    hosts, _, database = place.partition("/")
    user, _, password = userinfo.partition(":")
    host, port = _hosts(hosts)
    found = {"user": user, "password": password, "host": host, "port": port, "dbname": database}
    parameters = {key: unquote(value) for key, value in found.items() if value}
    return _known(parameters | _query(query))


def _split_at_host(rest: str) -> tuple[str, str]:
    """User and password; host, database and query."""
    before_query = rest.partition("?")[0]
    at = before_query.rfind("@") if "@" in before_query else rest.rfind("@")
    return (rest[:at], rest[at + 1 :]) if at >= 0 else ("", rest)


def _hosts(hosts: str) -> tuple[str, str]:
    """Host and port lists of ``a:1,b:2`` or ``[::1]:5432``, as libpq wants them."""
    names, ports = [], []
    for one in hosts.split(","):
        bracketed, bracket, after = one.rpartition("]")
        name, _, port = (bracketed[1:], "", after.removeprefix(":")) if bracket else one.partition(":")
        names.append(name)
        ports.append(port)
    return ",".join(names), ",".join(ports) if any(ports) else ""


def _query(query: str) -> dict[str, str]:
    """The settings behind ``?``; ``ssl=true``, as Java writes it, means sslmode=require."""
    settings = dict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
    if settings.pop("ssl", "").lower() in ("true", "1", "require"):
        settings.setdefault("sslmode", "require")
    return settings


def _key_value(text: str) -> dict[str, str]:
    try:
        found = conninfo_to_dict(text)
    except ProgrammingError:
        raise UsageError("DATABASE_URL is not an address of a PostgreSQL.", EXAMPLE) from None
    return {key: str(value) for key, value in found.items() if value is not None}


def _known(parameters: dict[str, str]) -> dict[str, str]:
    """Refuse what libpq does not know, naming the key but never a value."""
    for key, value in parameters.items():
        try:
            make_conninfo(**{key: value})
        except ProgrammingError:
            raise UsageError(f"DATABASE_URL holds {key!r}, which PostgreSQL does not know.", EXAMPLE) from None
    if not parameters:
        raise UsageError("DATABASE_URL is empty.", EXAMPLE)
    return parameters
