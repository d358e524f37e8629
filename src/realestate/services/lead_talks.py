"""Talks about leads: kept, encrypted, followed by the lead's status, silent once that is asked for."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from realestate.domain.chat.cleaning import was_cut
from realestate.domain.chat.compliance import QuietHours, StateNote, public_holidays, strictest
from realestate.domain.chat.hearing.ear import leads_in_spanish
from realestate.domain.chat.ports import OPT_OUT, ChatWork, Clock, KeptTalk, LeadHead, OpenChatWork
from realestate.domain.chat.records import said_as_record, said_from_record
from realestate.domain.chat.talk import Said, Talk, TurnResult
from realestate.domain.ports import Cipher
from realestate.errors import UsageError
from realestate.services.chat import Qualifier
from realestate.services.silence import ENDED_BY_START, refusal

COLUMN = "conversations.messages"
STATUS_ORDER = ("new", "contacted", "qualified", "lost", "converted")
"""A lead's status follows its talk forwards only."""

STATUS_AFTER = {"pending": "contacted", "qualified": "qualified", "not_qualified": "lost"}
REOPEN = frozenset({"start", "unstop"})
MOST_MESSAGES = 1_000


class LeadTalks:
    """Keeps the talks with sellers of whoever is signed in.

    Args:
        qualifier: Takes a talk one message further.
        open_work: Begins a transaction.
        cipher: Gives the cipher when personal data is first needed.
        now: Gives the moment, with its zone.
        quiet_hours: When a state lets a seller be written to.
        notes: What states ask of wholesalers.
    """

    def __init__(
        self,
        qualifier: Qualifier,
        open_work: OpenChatWork,
        cipher: Callable[[], Cipher],
        now: Clock,
        quiet_hours: Sequence[QuietHours],
        notes: Sequence[StateNote],
    ) -> None:
        self._qualifier = qualifier
        self._open_work = open_work
        self._cipher = cipher
        self._now = now
        self._quiet_hours = quiet_hours
        self._notes = notes

    def open(self, lead: int) -> tuple[LeadHead, Talk, list[str]]:
        """The lead, the talk so far, and what to know before writing: notes on the state, shown once per state.

        Raises:
            UsageError: If there is no such lead.
        """
        with self._open_work() as work:
            head = _found(work.chat.lead(lead), lead)
            kept = work.chat.load(lead)
            fresh = kept is None and bool(head.state) and work.chat.is_first_in_state(head.state or "", lead)
        talk = self._opened(kept) if kept else Talk()
        notes = [note for note in self._notes if note.state == head.state] if fresh else []
        return (
            head,
            talk,
            [f"{note.state}, {note.subject}: {note.note} ({note.source}; {note.as_of})" for note in notes],
        )

    def take(self, lead: int, raw: str, asked: str | None = None, *, force: bool = False) -> TurnResult:
        """One turn: the message is kept, an opt-out obeyed, before any engine is asked; then the reply is kept.

        Args:
            lead: Whose turn.
            raw: The seller's message.
            asked: The slot it answers, if not the one asked for last.
            force: Let the lead's status go backwards.

        Raises:
            UsageError: If there is no such lead.
            NotAllowedError: If the seller asked for silence and this is no START; the message is kept.
        """
        if raw.strip().strip(".!").lower() in REOPEN and self._may_reopen(lead):
            return self._reopen(lead, raw)
        before, talk = self._receive(lead, raw, asked)
        talk, result = self._qualifier.answer(before, talk, at=self._stamp(), cut=was_cut(raw))
        return self._respond(lead, before, talk, result, force=force)

    def silences(self, lead: int) -> set[str]:
        """Why nothing may be written to the seller; empty if it may."""
        with self._open_work() as work:
            kept = work.chat.load(lead)
            said = {OPT_OUT} if kept is not None and self._is_out(self._opened(kept)) else set()
            return work.chat.silences(lead) | said

    def _may_reopen(self, lead: int) -> bool:
        """Whether there is a silence that the seller's own START ends."""
        reasons = self.silences(lead)
        return bool(reasons) and reasons <= ENDED_BY_START

    def refuse_if_silenced(self, lead: int) -> None:
        """Refuse a draft to somebody who asked for silence.

        Raises:
            NotAllowedError: If so.
        """
        reasons = self.silences(lead)
        if reasons:
            raise refusal(lead, reasons)

    def undo(self, lead: int) -> Talk:
        """Take the last message and its answer back; an opt-out stays.

        Raises:
            UsageError: If there is nothing to take back.
        """
        with self._open_work() as work:
            _found(work.chat.lock_lead(lead), lead)
            kept = work.chat.load(lead)
            talk = self._opened(kept) if kept else Talk()
            last = max((i for i, one in enumerate(talk.said) if one.role == "seller"), default=None)
            if kept is None or last is None or any(one.fact == "opted_out" for one in talk.said[last].heard):
                raise UsageError(f"There is nothing to take back in the talk of lead {lead}.")
            kept.messages = kept.messages[:last]
            talk = self._opened(kept)
            self._judge(kept, talk)
            work.chat.save(kept)
            work.commit()
        return talk

    def _receive(self, lead: int, raw: str, asked: str | None) -> tuple[Talk, Talk]:
        """Keep the seller's message, and an opt-out with it, in one transaction."""
        with self._open_work() as work:
            head = _found(work.chat.lock_lead(lead), lead)
            kept = work.chat.load(lead) or work.chat.begin(lead)
            before = self._opened(kept)
            silenced = self._is_out(before) or bool(work.chat.silences(lead))
            talk = self._qualifier.listen(before, raw, asked, self._stamp())
            if not talk.said[-1].text:
                return before, talk
            self._append(kept, talk.said[-1])
            self._judge(kept, talk)
            if self._is_out(talk) and not self._is_out(before):
                self._obey_opt_out(work, head, kept)
            work.chat.save(kept)
            work.commit()
        if silenced:
            self.refuse_if_silenced(lead)
        return before, talk

    def _respond(self, lead: int, before: Talk, talk: Talk, result: TurnResult, *, force: bool) -> TurnResult:
        """Keep the reply and what an engine heard besides, and let the lead follow."""
        last = talk.said[-2] if result.reply and len(talk.said) > 1 else talk.said[-1]
        with self._open_work() as work:
            head = _found(work.chat.lock_lead(lead), lead)
            kept = work.chat.load(lead) or work.chat.begin(lead)
            if last.text and len(last.heard) > len(self._listened(before, last).heard):
                self._replace_heard(kept, last)
            confirms = bool(result.facts.get("opted_out"))
            held = bool(result.reply) and not confirms and not self.may_write(head.state)
            if result.reply:
                self._append(kept, replace(talk.said[-1], at=self._stamp()), held=held)
            now_known = self._opened(kept)
            self._judge(kept, now_known)
            self._follow(work, head, kept.status, force=force)
            work.chat.save(kept)
            work.commit()
        if not held:
            return result
        warning = f"It is a quiet hour in {head.state or 'an unknown state'}: the reply is held, do not send it yet."
        return replace(result, held=True, notes=(*result.notes, warning))

    def _listened(self, before: Talk, last: Said) -> Said:
        return self._qualifier.listen(before, last.text, last.asked, last.at).said[-1]

    def _reopen(self, lead: int, raw: str) -> TurnResult:
        """The seller's own START: silence ends, and the audit log says so."""
        with self._open_work() as work:
            head = _found(work.chat.lock_lead(lead), lead)
            kept = work.chat.load(lead) or work.chat.begin(lead)
            spanish = leads_in_spanish(self._opened(kept).memory)
            reply = self._qualifier.say("reopened", spanish=spanish)
            self._append(kept, Said("seller", raw.strip(), self._stamp()), reopens=True)
            self._append(kept, Said("assistant", reply, self._stamp()))
            work.chat.unsilence(lead)
            work.chat.record("chat.reopened", {"lead": head.id, "conversation": kept.id})
            talk = self._opened(kept)
            self._judge(kept, talk)
            work.chat.save(kept)
            work.commit()
        verdict, facts = self._qualifier.verdict(talk.memory)
        return TurnResult(reply, (), facts, frozenset(), verdict)  # type: ignore[arg-type]

    def _obey_opt_out(self, work: ChatWork, head: LeadHead, kept: KeptTalk) -> None:
        numbers = work.chat.silence(head.id)
        work.chat.record("chat.opted_out", {"lead": head.id, "conversation": kept.id, "contacts": numbers})
        self._follow(work, head, kept.status, force=False)

    def _follow(self, work: ChatWork, head: LeadHead, status: str, *, force: bool) -> None:
        """The lead's status after the talk's; forwards only, unless forced."""
        after = STATUS_AFTER[status]
        current = work.chat.lead(head.id)
        before = current.status if current else head.status
        ahead = STATUS_ORDER.index(after) > STATUS_ORDER.index(before)
        if ahead or (force and after != before):
            work.chat.set_lead_status(head.id, before, after)

    def may_write(self, state: str | None) -> bool:
        """Whether it is no quiet hour in any zone of the state; everywhere in the country for an unknown state."""
        rows = [row for row in self._quiet_hours if row.state == state] if state else list(self._quiet_hours)
        hours = strictest(rows or self._quiet_hours)
        if hours is None:
            return True
        here = [self._now().astimezone(ZoneInfo(zone)) for zone in hours.zones]
        return all(hours.allowed(local, public_holidays(local.year)) for local in here)

    def _opened(self, kept: KeptTalk) -> Talk:
        """The talk with its words in clear, and the memory of all it brought."""
        said = [said_from_record(self._unsealed(kept.id, record)) for record in kept.messages]
        talk = Talk()
        for one, record in zip(said, kept.messages, strict=True):
            talk = self._replayed(talk, one, reopens=bool(record.get("reopens")))
        return talk

    def _replayed(self, talk: Talk, one: Said, *, reopens: bool) -> Talk:
        if one.role == "assistant":
            return replace(talk, said=(*talk.said, one))
        heard = self._qualifier.listen(talk, one.text, one.asked, one.at)
        memory = replace(heard.memory, heard=(*talk.memory.heard, *one.heard))
        if reopens:
            kept = tuple(fact for fact in memory.heard if fact.fact != "opted_out")
            memory = replace(memory, heard=kept)
        return Talk((*talk.said, one), memory)

    def _append(self, kept: KeptTalk, one: Said, **marks: bool) -> None:
        if len(kept.messages) >= MOST_MESSAGES:
            raise UsageError(f"The talk has {MOST_MESSAGES:,} messages, as many as one can have.")
        marked = {name: True for name, is_set in marks.items() if is_set}
        kept.messages.append(self._sealed(kept.id, said_as_record(one)) | marked)

    def _replace_heard(self, kept: KeptTalk, last: Said) -> None:
        place = next((i for i in range(len(kept.messages) - 1, -1, -1) if kept.messages[i]["role"] == "seller"), None)
        if place is not None:
            kept.messages[place] = self._sealed(kept.id, said_as_record(last))

    def _sealed(self, talk: int, record: dict[str, Any]) -> dict[str, Any]:
        """The record with the seller's words encrypted, bound to this talk."""
        cipher = self._cipher()
        sealed = {name: value for name, value in record.items() if name not in {"text", "heard"}}
        sealed["sealed"] = _encoded(cipher.seal_bytes(COLUMN, talk, record["text"].encode()))
        if record["heard"]:
            words = json.dumps(record["heard"], ensure_ascii=False).encode()
            sealed["heard"] = {"sealed": _encoded(cipher.seal_bytes(COLUMN, talk, words))}
        return sealed

    def _unsealed(self, talk: int, record: dict[str, Any]) -> dict[str, Any]:
        cipher = self._cipher()
        heard = record.get("heard")
        text = cipher.unseal_bytes(COLUMN, talk, base64.b64decode(record["sealed"])).decode()
        words = json.loads(cipher.unseal_bytes(COLUMN, talk, base64.b64decode(heard["sealed"]))) if heard else []
        return {**record, "text": text, "heard": words}

    def _judge(self, kept: KeptTalk, talk: Talk) -> None:
        verdict, _ = self._qualifier.verdict(talk.memory)
        kept.status, kept.score = verdict.status, verdict.score

    def _is_out(self, talk: Talk) -> bool:
        return any(one.fact == "opted_out" for one in talk.memory.heard)

    def _stamp(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="seconds")


def _found(head: LeadHead | None, lead: int) -> LeadHead:
    if head is None:
        raise UsageError(f"There is no lead {lead}.", "See: realestate leads list")
    return head


def _encoded(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)
