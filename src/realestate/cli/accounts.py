"""``realestate accounts``: who may sign in, signing in and out, and tokens for unattended runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from realestate.cli import secrets
from realestate.cli.output import OutputOption, emit, emit_one, next_step, say, write
from realestate.cli.secrets import Insecure, PasswordStdin
from realestate.cli.session import toolkit
from realestate.domain.accounts import DEFAULT_SCOPES, SCOPES, Identity
from realestate.errors import UsageError

app = typer.Typer()
tokens = typer.Typer()
app.add_typer(tokens, name="tokens", help="Tokens for unattended runs, such as cron.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(help="E-mail address of the account.", metavar="EMAIL")]
NameArgument = Annotated[str, typer.Argument(help="Name of the token, e.g. nightly-import.", metavar="NAME")]


@app.command()
def add(
    email: EmailArgument,
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="May look after accounts and keys.")] = False,
    first_admin: Annotated[
        bool,
        typer.Option("--first-admin", help="The first one of a server, by the code that `db upgrade` printed."),
    ] = False,
    password_stdin: PasswordStdin = False,
    insecure: Insecure = False,
) -> None:
    """Make an account; with --first-admin, standard input holds the code on a line before the password."""
    office = toolkit().office
    if first_admin:
        code = secrets.password("Code", from_stdin=password_stdin)
        password = secrets.password("New password", from_stdin=password_stdin, twice=True)
        _greet(office.bootstrap(code, email, password, name, insecure=insecure))
        next_step("realestate keys init")
        return
    accounts = office.accounts
    made = accounts.add(
        email, secrets.password("New password", from_stdin=password_stdin, twice=True), name, admin=admin
    )
    say(f"Account {made} was made.")
    next_step(f"realestate accounts login {email}")


@app.command("list")
def list_accounts(output: OutputOption = None) -> None:
    """Show the accounts: all of them to an administrator, else one's own."""
    emit(map(asdict, toolkit().office.accounts.all()), output)


@app.command()
def disable(email: EmailArgument) -> None:
    """Shut an account out; its sessions and tokens end at once."""
    toolkit().office.accounts.set_active(email, active=False)
    say("The account is disabled and its sessions have ended.")


@app.command()
def enable(email: EmailArgument) -> None:
    """Let an account in again."""
    toolkit().office.accounts.set_active(email, active=True)
    say("The account may sign in again.")


@app.command()
def passwd(
    email: Annotated[str | None, typer.Argument(help="Another account, as an administrator.", metavar="EMAIL")] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Set a password; other sessions of the account end."""
    office = toolkit().office
    target = email or office.whoami().email
    office.accounts.set_password(target, secrets.password("New password", from_stdin=password_stdin, twice=True))
    say(f"The password of {target} is set.")
    next_step(f"realestate accounts login {target}")


@app.command()
def login(
    email: Annotated[
        str | None, typer.Argument(help="The account; the local owner's when omitted.", metavar="EMAIL")
    ] = None,
    password_stdin: PasswordStdin = False,
    insecure: Insecure = False,
) -> None:
    """Sign in; the session is kept until you sign out or leave it unused for a week."""
    office = toolkit().office
    if email is None:
        _greet(office.login_local())
        return
    _greet(office.login(email, secrets.password("Password", from_stdin=password_stdin), insecure=insecure))
    say(f"The session is kept in {office.session_place()}.")


@app.command()
def logout() -> None:
    """Sign out, here and in the database."""
    toolkit().office.logout()
    say("Signed out.")
    next_step("realestate accounts login")


@app.command()
def whoami(output: OutputOption = None) -> None:
    """Show who is signed in."""
    emit_one(asdict(toolkit().office.whoami()), output)


@app.command()
def profile(
    name: Annotated[str | None, typer.Option(help="Set your full name.")] = None,
    phone: Annotated[str | None, typer.Option(help="Set your phone; kept encrypted.")] = None,
    address: Annotated[str | None, typer.Option(help="Set your address; kept encrypted.")] = None,
    output: OutputOption = None,
) -> None:
    """Show or change your own name, phone and address, which stand on offers you write."""
    office = toolkit().office
    if (name, phone, address) != (None, None, None):
        office.set_profile(name, phone, address)
    emit_one(office.profile(), output)


@app.command("reset-admin")
def reset_admin(email: EmailArgument, password_stdin: PasswordStdin = False) -> None:
    """Make an account an administrator with a new password, as the role that owns the tables."""
    toolkit().office.reset_admin(email, secrets.password("New password", from_stdin=password_stdin, twice=True))
    say("The account is an administrator with a new password; its sessions have ended.")
    next_step(f"realestate accounts login {email}")


@tokens.command("add")
def add_token(
    name: NameArgument,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"What it may do: {', '.join(SCOPES)}; repeat for several.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it works.", min=1, max=366)] = 90,
) -> None:
    """Make a token and print it, this once; put it in a file of mode 0600 or in the environment."""
    scopes = scope or list(DEFAULT_SCOPES)
    unknown = set(scopes) - set(SCOPES)
    if unknown:
        raise UsageError(f"Unknown scope: {', '.join(sorted(unknown))}.", f"Known: {', '.join(SCOPES)}")
    write(toolkit().office.accounts.create_token(name, sorted({"read", *scopes}), days))
    say("It is shown this once. Give it to cron by REALESTATE_TOKEN_FILE, never as an argument.")


@tokens.command("list")
def list_tokens(output: OutputOption = None) -> None:
    """Show one's own tokens, without their secrets."""
    emit((asdict(token) for token in toolkit().office.accounts.tokens()), output)


@tokens.command("revoke")
def revoke_token(name: NameArgument) -> None:
    """End a token at once."""
    toolkit().office.accounts.revoke_token(name)
    say("The token has ended.")


def _greet(identity: Identity) -> None:
    role = "administrator" if identity.is_admin else "user"
    say(f"Signed in as {identity.email}, {role}.")
