"""``realestate db``: the database is there, runs, has its tables, and is saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from realestate.cli.output import OutputOption, confirm, emit_one, next_step, say, write
from realestate.cli.session import toolkit
from realestate.errors import UsageError

if TYPE_CHECKING:
    from realestate.database import DatabaseStatus

app = typer.Typer()

FileArgument = Annotated[Path, typer.Argument(help="The backup.", metavar="FILE")]


@app.command()
def init() -> None:
    """Start the database and make its tables; changes nothing where they are."""
    database = toolkit().database
    changed = database.prepare()
    say(f"The database is ready at {database.status().place}{'' if changed else '; its tables were there'}.")
    if database.embedded:
        owner = toolkit().office.open_house()
        say(f"Signed in as {owner}. Save the key of the personal data: realestate keys backup FILE")
    _tell_code()
    next_step("realestate leads import FILE")


@app.command()
def status(output: OutputOption = None) -> None:
    """Tell where the database is, whether it runs, and how its tables stand; start nothing."""
    found = toolkit().database.status()
    emit_one(_as_record(found), output)
    if found.schema == "older":
        next_step("realestate db upgrade")


@app.command()
def upgrade() -> None:
    """Bring the tables to the version that this realestate works with."""
    before, after = toolkit().database.upgrade()
    say(f"The tables are at {after}." if before == after else f"The tables went from {before or 'none'} to {after}.")
    _tell_code()


@app.command()
def stop() -> None:
    """Stop the embedded server; the next command that needs it starts it again."""
    say("The database is stopped." if toolkit().database.stop() else "The database was not running.")


@app.command()
def url(
    owner: Annotated[bool, typer.Option("--owner", help="As the role that owns the tables.")] = False,
) -> None:
    """Print where to connect with other programs; it holds a password."""
    database = toolkit().database
    database.start()
    write(database.owner_url if owner else database.url)


@app.command()
def backup(file: FileArgument) -> None:
    """Save everything to one file; personal data in it stays encrypted."""
    if file.exists() and not confirm(f"{file} exists. Replace it?"):
        raise UsageError(f"{file} exists and was not replaced.", "Name another file, or agree with --yes.")
    toolkit().database.backup(file)
    say(f"Saved to {file}. Without the keys the personal data in it cannot be read: keep them elsewhere.")
    next_step("realestate keys backup FILE")


@app.command()
def restore(file: FileArgument) -> None:
    """Bring a backup back, all or nothing; what the database held is replaced."""
    database = toolkit().database
    if not database.is_empty() and not confirm("The database is not empty. Replace everything in it?"):
        raise UsageError("The database is not empty and was not replaced.", "Agree with --yes.")
    database.restore(file)
    say(f"Restored from {file}. Personal data needs the keys that were in use when it was saved.")
    next_step("realestate keys check")


def _tell_code() -> None:
    """On a server where nobody has an account yet, say how the first administrator comes in."""
    code = toolkit().office.bootstrap_code()
    if code:
        say(f"Nobody has an account yet. The code {code} makes the first administrator; it works once, for 15 minutes.")
        next_step("realestate accounts add EMAIL --first-admin")


def _as_record(found: DatabaseStatus) -> dict[str, Any]:
    """The status by the keys that scripts rely on."""
    record: dict[str, Any] = {
        "kind": "embedded" if found.server else "server",
        "running": found.server.running if found.server else True,
        "place": found.place,
        "version": found.version,
        "tables": found.schema,
        "revision": found.revision,
        "latest": found.head,
        "bytes": found.size,
    }
    if found.server:
        record |= {"folder": str(found.server.folder), "pid": found.server.pid, "account": found.server.account}
    return record
