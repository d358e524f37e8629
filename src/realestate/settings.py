"""Settings: flags beat REALESTATE_* beat ./.env and ./realestate.toml beat the user's file."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import AliasChoices, Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

APP = "realestate"


class Settings(BaseSettings):
    """Everything that can be set; the only reader of the environment.

    Attributes:
        home: One folder for data, configuration, keys and logs; the platform's usual places when unset.
        database_url: A Postgres server; the embedded one when unset.
        owner_url: The same server by the role that owns the tables, for migrations only.
        token: A personal access token for unattended runs.
        token_file: File of mode 0600 that holds such a token.
        master_key: Base64 of the 32-byte local key, for containers.
        master_key_file: Where the local key is kept instead of the configuration folder.
        kms_key: ARN or alias of the AWS KMS key that wraps the data keys.
        chroma_url: A Chroma server; a local folder when unset.
        chat_engine: ``rules`` (offline) or ``openai``.
        openai_base_url: Any OpenAI-compatible server.
        openai_api_key: The secret for it; having one switches nothing on.
        openai_model: The model to ask for.
        vision_model: The model to ask for a second opinion on photos; ``openai_model`` when unset.
        model: Which photo model looks: ``damage`` or one that was added.
    """

    model_config = SettingsConfigDict(
        env_prefix="REALESTATE_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    home: Path | None = None
    database_url: str | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "REALESTATE_DATABASE_URL", "database_url")
    )
    owner_url: str | None = None
    token: str | None = Field(default=None, repr=False)
    token_file: Path | None = None
    master_key: str | None = Field(default=None, repr=False)
    master_key_file: Path | None = None
    kms_key: str | None = None
    chroma_url: str | None = Field(
        default=None, validation_alias=AliasChoices("CHROMA_URL", "REALESTATE_CHROMA_URL", "chroma_url")
    )
    chat_engine: str = "rules"
    openai_base_url: str | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url")
    )
    openai_api_key: str | None = Field(
        default=None, repr=False, validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key")
    )
    openai_model: str | None = None
    vision_model: str | None = None
    model: str = "damage"

    @property
    def data_folder(self) -> Path:
        """Database, indexes and caches."""
        return self._folder("data", platformdirs.user_data_path(APP))

    @property
    def config_folder(self) -> Path:
        """Configuration, keys and the session."""
        return self._folder("config", platformdirs.user_config_path(APP))

    @property
    def log_folder(self) -> Path:
        """Logs of unexpected failures."""
        return self._folder("log", platformdirs.user_log_path(APP))

    def _folder(self, name: str, default: Path) -> Path:
        return (self.home / name) if self.home else default

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources, the strongest first."""
        del file_secret_settings
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            TomlConfigSettingsSource(settings_cls, Path("realestate.toml")),
            TomlConfigSettingsSource(settings_cls, platformdirs.user_config_path(APP) / "realestate.toml"),
        )
