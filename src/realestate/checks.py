"""The checks that ``realestate doctor`` runs, one per part of the set-up."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from typing import TYPE_CHECKING

from realestate.errors import NotAllowedError
from realestate.services.doctor import FAIL, OK, WARN, Check

if TYPE_CHECKING:
    from realestate.toolkit import Toolkit

LEAST_FREE = 1 << 30
PARTS = {
    "photos": ("onnxruntime", "cv2", "PIL"),
    "buyers": ("chromadb",),
    "analysis": ("pandas",),
    "chat": ("openai",),
    "aws": ("boto3",),
}
"""Packages that only one flow needs; a platform without one loses that flow and nothing else."""


def checks(toolkit: Toolkit) -> dict[str, Check]:
    """Give the checks in the order in which one part rests on another."""
    return {
        "python": _python,
        "disk": lambda: _disk(toolkit),
        "database": lambda: _database(toolkit),
        "schema": lambda: _schema(toolkit),
        "walls": lambda: _walls(toolkit),
        "keys": lambda: _keys(toolkit),
        "buyers' index": lambda: _buyer_index(toolkit),
        "photo model": lambda: _photo_model(toolkit),
        **{f"packages for {name}": _package_check(modules) for name, modules in PARTS.items()},
    }


def _python() -> tuple[str, str, str]:
    state = OK if sys.platform in ("linux", "darwin") else WARN
    untested = "" if state == OK else "; this system is untested"
    return state, f"Python {platform.python_version()} on {platform.system()}{untested}", ""


def _disk(toolkit: Toolkit) -> tuple[str, str, str]:
    folder = toolkit.settings.data_folder
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        return WARN, f"{free >> 20} MiB free where the data is kept", "Make room, or move it: REALESTATE_HOME=FOLDER"
    return OK, f"{free >> 30} GiB free where the data is kept", ""


def _database(toolkit: Toolkit) -> tuple[str, str, str]:
    version = toolkit.session.connection.info.server_version
    kind = "embedded" if toolkit.database.embedded else "server"
    return OK, f"PostgreSQL {version // 10000}.{version % 10000}, {kind}", ""


def _schema(toolkit: Toolkit) -> tuple[str, str, str]:
    with toolkit.session.connection.transaction():
        pass
    return OK, f"tables at {toolkit.database.migrations.head}", ""


def _walls(toolkit: Toolkit) -> tuple[str, str, str]:
    query = "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    connection = toolkit.session.connection
    with connection.transaction():
        row = connection.execute(query).fetchone()
    if row is None or row[1]:
        return FAIL, "the connection's role may see every user's rows", "Connect as re_app; see DATABASE_SETUP.md"
    return OK, f"working as {row[0]}, behind row-level security", ""


def _buyer_index(toolkit: Toolkit) -> tuple[str, str, str]:
    drift = toolkit.buyer_index.drift()
    if drift.count:
        words = f"{len(drift.missing)} missing, {len(drift.stale)} stale, {len(drift.foreign)} foreign vectors"
        return WARN, words, "Run: realestate buyers reindex"
    return OK, "the vector index holds every buyer", ""


def _photo_model(toolkit: Toolkit) -> tuple[str, str, str]:
    """Whole by its hash, and it runs; one of the user's is tried apart when it changed."""
    shelf, name = toolkit.models, toolkit.settings.model
    model = shelf.ready(name)
    if model.shipped:
        shelf.try_out(model)
    card = model.read_card().card
    return OK, f"{card.name} is whole and runs; it knows {len(card.classes)} kinds of damage", ""


def _keys(toolkit: Toolkit) -> tuple[str, str, str]:
    sealed = toolkit.cipher.seal("doctor.check", [1], ["a known text"])
    if toolkit.cipher.unseal("doctor.check", [1], sealed) != ["a known text"]:
        raise NotAllowedError("The key opens something else than it sealed.", "realestate keys check")
    worry = toolkit.office.key_worry()
    if worry:
        return WARN, *worry
    return OK, "personal data can be encrypted and read", ""


def _package_check(modules: tuple[str, ...]) -> Check:
    def check() -> tuple[str, str, str]:
        missing = [name for name in modules if importlib.util.find_spec(name) is None]
        if missing:
            return WARN, f"missing: {', '.join(missing)}", "pip install realestate"
        return OK, ", ".join(modules), ""

    return check
