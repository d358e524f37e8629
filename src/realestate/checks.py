"""The checks that ``realestate doctor`` runs, one per part of the set-up."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING

from realestate.errors import NotAllowedError
from realestate.services.doctor import FAIL, OK, WARN, Check, Told

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


def checks(toolkit: Toolkit) -> list[Check]:
    """Give the checks in the order in which one part rests on another."""
    return [
        Check("python", _python),
        Check("disk", partial(_disk, toolkit)),
        Check("database", partial(_database, toolkit)),
        Check("schema", partial(_schema, toolkit), "database"),
        Check("account", partial(_account, toolkit), "schema"),
        Check("walls", partial(_walls, toolkit), "account"),
        Check("keys", partial(_keys, toolkit), "account"),
        Check("buyers' index", partial(_buyer_index, toolkit), "account"),
        Check("photo model", partial(_photo_model, toolkit)),
        *(Check(f"packages for {name}", partial(_packages, modules)) for name, modules in PARTS.items()),
    ]


def _python() -> Told:
    state = OK if sys.platform in ("linux", "darwin") else WARN
    untested = "" if state == OK else "; this system is untested"
    return state, f"Python {platform.python_version()} on {platform.system()}{untested}", ""


def _disk(toolkit: Toolkit) -> Told:
    folder = toolkit.settings.data_folder
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        return WARN, f"{free >> 20} MiB free where the data is kept", "Make room, or move it: REALESTATE_HOME=FOLDER"
    return OK, f"{free >> 30} GiB free where the data is kept", ""


def _database(toolkit: Toolkit) -> Told:
    toolkit.database.start()
    kind = "embedded" if toolkit.database.embedded else "server"
    return OK, f"PostgreSQL {toolkit.database.status().version}, {kind}", ""


def _schema(toolkit: Toolkit) -> Told:
    toolkit.database.connect().close()
    return OK, f"tables at {toolkit.database.migrations.head}", ""


def _account(toolkit: Toolkit) -> Told:
    return OK, f"signed in as user {toolkit.session.user_id}", ""


def _walls(toolkit: Toolkit) -> Told:
    query = "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    connection = toolkit.session.connection
    with connection.transaction():
        row = connection.execute(query).fetchone()
    if row is None or row[1]:
        return FAIL, "the connection's role may see every user's rows", "Connect as re_app; see DATABASE_SETUP.md"
    return OK, f"working as {row[0]}, behind row-level security", ""


def _buyer_index(toolkit: Toolkit) -> Told:
    drift = toolkit.buyer_index.drift()
    if drift.count:
        words = f"{len(drift.missing)} missing, {len(drift.stale)} stale, {len(drift.foreign)} foreign vectors"
        return WARN, words, "Run: realestate buyers reindex"
    return OK, "the vector index holds every buyer", ""


def _photo_model(toolkit: Toolkit) -> Told:
    """Whole by its hash, and it runs; one of the user's is tried apart when it changed."""
    shelf, name = toolkit.models, toolkit.settings.model
    model = shelf.ready(name)
    if model.shipped:
        shelf.try_out(model)
    card = model.read_card().card
    return OK, f"{card.name} is whole and runs; it knows {len(card.classes)} kinds of damage", ""


def _keys(toolkit: Toolkit) -> Told:
    sealed = toolkit.cipher.seal("doctor.check", [1], ["a known text"])
    if toolkit.cipher.unseal("doctor.check", [1], sealed) != ["a known text"]:
        raise NotAllowedError("The key opens something else than it sealed.", "realestate keys check")
    worry = toolkit.office.key_worry()
    if worry:
        return WARN, *worry
    return OK, "personal data can be encrypted and read", ""


def _packages(modules: tuple[str, ...]) -> Told:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        return WARN, f"missing: {', '.join(missing)}", "pip install realestate"
    return OK, ", ".join(modules), ""
