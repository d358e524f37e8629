"""Settings: where each may stand, which place is the stronger one, and what never shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from realestate.settings import Settings


@pytest.fixture(autouse=True)
def _empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and an account without any setting."""
    for name in [name for name in os.environ if name.startswith(("REALESTATE_", "DATABASE_", "OPENAI_", "CHROMA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "account"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "account" / ".config"))
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_the_embedded_database_and_rules_are_used() -> None:
    settings = Settings()

    assert (settings.database_url, settings.kms_key, settings.chroma_url) == (None, None, None)
    assert (settings.chat_engine, settings.model) == ("rules", "damage")


def test_a_database_stands_in_the_environment_or_in_a_file_of_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("DATABASE_URL=postgres://houses:p%40ss@db.example.com/houses\nUNKNOWN=kept out\n")
    assert Settings().database_url == "postgres://houses:p%40ss@db.example.com/houses"

    monkeypatch.setenv("DATABASE_URL", "postgresql://other@localhost/houses")
    assert Settings().database_url == "postgresql://other@localhost/houses"


def test_a_nearer_place_is_the_stronger_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def engine() -> str:
        return Settings().chat_engine

    account = tmp_path / "account" / ".config" / "realestate"
    account.mkdir(parents=True)
    (account / "realestate.toml").write_text('chat_engine = "of the account"\n')
    assert engine() == "of the account"
    Path("realestate.toml").write_text('chat_engine = "of the folder"\n')
    assert engine() == "of the folder"
    Path(".env").write_text('REALESTATE_CHAT_ENGINE="of the env file"\n')
    assert engine() == "of the env file"
    monkeypatch.setenv("REALESTATE_CHAT_ENGINE", "of the environment")
    assert engine() == "of the environment"
    assert Settings(chat_engine="said").chat_engine == "said"


def test_one_folder_holds_everything_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALESTATE_HOME", str(tmp_path / "a home"))
    settings = Settings()

    folders = (settings.data_folder, settings.config_folder, settings.log_folder)
    assert {folder.parent for folder in folders} == {tmp_path / "a home"}
    assert len(set(folders)) == 3


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="these places are those of Linux")
def test_without_a_home_the_places_are_those_of_the_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    assert Settings().data_folder == tmp_path / "account" / ".local" / "share" / "realestate"
    assert Settings().config_folder == tmp_path / "account" / ".config" / "realestate"


def test_a_secret_of_another_tool_switches_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a secret")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")

    assert (Settings().chat_engine, Settings().kms_key) == ("rules", None)


def test_no_secret_shows_when_settings_are_printed() -> None:
    settings = Settings(token="secret one", master_key="secret two", openai_api_key="secret three")

    assert "secret" not in repr(settings)
