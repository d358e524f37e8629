"""Joins the chat's parts: the ear, the dialogue, the engine that is switched on, and where talks are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from realestate.adapters import chat_reference
from realestate.domain.chat.dialogue import Dialogue
from realestate.errors import NotAllowedError, UsageError
from realestate.services.chat import Qualifier

if TYPE_CHECKING:
    from realestate.domain.chat.ports import Engine, OpenChatWork
    from realestate.domain.ports import Cipher
    from realestate.services.lead_talks import LeadTalks
    from realestate.settings import Settings

ENGINES = ("rules", "openai")


class Chatting:
    """Everything to talk sellers through.

    Args:
        settings: Which engine is switched on, and where it is.
        open_work: Begins a transaction; not called for a talk that keeps nothing.
        cipher: Gives the cipher when personal data is first needed.
    """

    def __init__(self, settings: Settings, open_work: OpenChatWork, cipher: Callable[[], Cipher]) -> None:
        self._settings = settings
        self._open_work = open_work
        self._cipher = cipher

    def qualifier(self, engine: Engine | None = None, today: Callable[[], date] = date.today) -> Qualifier:
        """Takes talks further by the packaged rules, and with another engine besides where one is given."""
        return Qualifier(chat_reference.read_ear(), Dialogue(chat_reference.read_questions()), today, engine)

    def lead_talks(self, engine: Engine | None = None) -> LeadTalks:
        """Talks about leads, kept in the database."""
        from realestate.services.lead_talks import LeadTalks, utc_now

        hours, notes = chat_reference.read_quiet_hours(), chat_reference.read_state_notes()
        return LeadTalks(self.qualifier(engine), self._open_work, self._cipher, utc_now, hours, notes)

    def engine(self, name: str | None, agree: Callable[[str], bool]) -> Engine | None:
        """The engine of that name, or of the settings; None for the rules alone.

        Args:
            name: What the command line asks for, if anything.
            agree: Asked with the host before the first words go to it; hosts once agreed to are remembered.

        Raises:
            UsageError: If there is no such engine.
            NotAllowedError: If the secret is missing, or the host was not agreed to.
        """
        settings = self._settings
        chosen = name or settings.chat_engine
        if chosen not in ENGINES:
            raise UsageError(f"There is no engine {chosen!r}; there are {' and '.join(ENGINES)}.")
        if chosen == "rules":
            return None
        from realestate.adapters.agreed_hosts import AgreedHosts
        from realestate.adapters.openai_chat import OpenAIChat
        from realestate.adapters.openai_completions import host_of

        if settings.openai_base_url is None and not settings.openai_api_key:
            raise NotAllowedError(
                "The engine openai has neither a key nor a server of your own.",
                "Set OPENAI_API_KEY, or OPENAI_BASE_URL for Ollama, vLLM or llama.cpp; or use --engine rules",
            )
        AgreedHosts(settings.config_folder / "chat-hosts").require(
            host_of(settings.openai_base_url),
            agree,
            "The seller's words",
            "Agree once with --yes, or stay on this machine with --engine rules",
        )
        return OpenAIChat(settings.openai_base_url, settings.openai_api_key, settings.openai_model)
