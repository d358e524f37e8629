"""What the chat needs from outside: an engine that hears and phrases, and a place to keep talks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import Any, Protocol, Self

from realestate.domain.chat.facts import Facts

OPT_OUT, ERASED = "opt-out", "erased"
"""Reasons for silence that the seller's own START ends."""


class EngineFailedError(Exception):
    """The engine gave no answer that can be used; the rules take the turn.

    Attributes:
        reason: Why, in words for the person at the terminal; never a key, never the seller's words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact an engine says it heard, not believed yet: name, value and the seller's words for it."""

    fact: str
    value: object
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine made of a message."""

    reply: str
    claims: Sequence[Claim] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """What an engine gets to see of a talk; phones, e-mails and names are placeholders already.

    Attributes:
        text: The seller's message without orders to the machine.
        asked: The slot just asked for.
        facts: What is known so far.
        missing: What is not.
        said: The last messages, (`seller` or `assistant`, text).
        suggestion: What the rules would answer.
        date: The day of the talk.
    """

    text: str
    asked: str | None
    facts: Facts
    missing: Sequence[str]
    said: Sequence[tuple[str, str]]
    suggestion: str
    date: date


class Engine(Protocol):
    """Hears and phrases; never decides."""

    @property
    def name(self) -> str:
        """How the person at the terminal knows it."""
        ...

    def answer(self, exchange: Exchange) -> Answer:
        """Hear facts in a message and phrase a reply.

        Raises:
            EngineFailedError: If there is no usable answer within the deadline.
        """
        ...


@dataclass(frozen=True, slots=True)
class LeadHead:
    """What the chat needs to know of a lead."""

    id: int
    address: str
    state: str | None
    status: str


@dataclass(slots=True)
class KeptTalk:
    """A conversation as it is kept: its messages are objects, personal words in them are sealed."""

    id: int
    messages: list[dict[str, Any]] = field(default_factory=list)
    status: str = "pending"
    score: float = 0.0


class TalkStore(Protocol):
    """Conversations inside one transaction."""

    def lock_lead(self, lead: int) -> LeadHead | None:
        """The lead, held until the transaction ends so that two terminals take turns; None if there is none."""
        ...

    def lead(self, lead: int) -> LeadHead | None:
        """The lead, not held."""
        ...

    def load(self, lead: int) -> KeptTalk | None:
        """The conversation of a lead."""
        ...

    def begin(self, lead: int) -> KeptTalk:
        """A new conversation of a lead."""
        ...

    def save(self, talk: KeptTalk) -> None:
        """Write messages, status and score."""
        ...

    def silence(self, lead: int) -> int:
        """Put the lead's phones and e-mails on do_not_contact; returns how many are there."""
        ...

    def unsilence(self, lead: int) -> None:
        """Take them off again, at the seller's own request."""
        ...

    def silences(self, lead: int) -> set[str]:
        """Why nothing may be written to the seller; empty if it may."""
        ...

    def set_lead_status(self, lead: int, before: str, after: str) -> None:
        """Change the lead's status and note it in the lead's history."""
        ...

    def record(self, action: str, detail: Mapping[str, Any]) -> None:
        """An entry of the audit log: ids and counts only."""
        ...

    def is_first_in_state(self, state: str, lead: int) -> bool:
        """Whether no other lead of that state has been talked with."""
        ...


class ChatWork(Protocol):
    """One transaction; leaving its block without a commit takes everything back."""

    @property
    def chat(self) -> TalkStore:
        """The conversations of this transaction."""
        ...

    def commit(self) -> None:
        """Make it last."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


OpenChatWork = Callable[[], ChatWork]
Clock = Callable[[], datetime]
