"""Talks about leads on a real database: kept, encrypted, obeyed, and followed by the lead's status."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from databases import TestDatabase
from realestate.adapters.chat_reference import read_quiet_hours, read_state_notes
from realestate.domain.leads.records import LeadFilter
from realestate.errors import NotAllowedError, UsageError
from realestate.repositories.connection import connect_as_owner
from realestate.services.lead_talks import LeadTalks
from realestate.toolkit import Toolkit

MONDAY_NOON = dt.datetime(2026, 11, 23, 18, 0, tzinfo=dt.UTC)
SUNDAY_NOON = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)
QUALIFYING = ("We are behind 4 months and the auction is in 3 weeks", "it needs a roof and a furnace, I'd take 120")


def talks_at(toolkit: Toolkit, now: dt.datetime) -> LeadTalks:
    """Talks with the clock set."""
    chat = toolkit.chat
    return LeadTalks(
        chat.qualifier(), toolkit.work, lambda: toolkit.cipher, lambda: now, read_quiet_hours(), read_state_notes()
    )


@pytest.fixture
def lead(toolkit: Toolkit) -> int:
    """The lead with a phone, its talk forgotten."""
    with toolkit.work() as work:
        found = next(line.id for line in work.leads.search(LeadFilter()) if line.state == "IL")
        for table in ("conversations", "do_not_contact"):
            work.chat._connection.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]  # noqa: S608
        work.leads.set_status(found, "new")
        work.commit()
    return found


@pytest.fixture
def talks(toolkit: Toolkit) -> LeadTalks:
    """Talks on a Monday at noon."""
    return talks_at(toolkit, MONDAY_NOON)


def status_of(toolkit: Toolkit, lead: int) -> str:
    with toolkit.work() as work:
        record = work.leads.get(lead)
    assert record is not None
    return record.status


def test_the_lead_follows_its_talk_to_qualified_and_no_step_back(toolkit: Toolkit, talks: LeadTalks, lead: int) -> None:
    talks.take(lead, "who is this")
    assert status_of(toolkit, lead) == "contacted"
    assert [talks.take(lead, text).verdict.status for text in QUALIFYING][-1] == "qualified"
    assert status_of(toolkit, lead) == "qualified"
    talks.take(lead, "my brother is on the deed and he wont sign")
    assert status_of(toolkit, lead) == "qualified"
    talks.take(lead, "still thinking", force=True)
    assert status_of(toolkit, lead) == "contacted"


def test_a_stop_silences_the_numbers_in_the_same_breath_and_only_start_ends_it(
    toolkit: Toolkit, talks: LeadTalks, lead: int
) -> None:
    assert "won't hear from us" in talks.take(lead, "lose my number").reply
    with toolkit.work() as work:
        rows = work.chat._connection.execute("SELECT kind FROM do_not_contact ORDER BY kind").fetchall()
        logged = work.chat._connection.execute("SELECT action FROM audit_log ORDER BY id").fetchall()
    assert [kind for (kind,) in rows] == ["email", "phone"]
    assert logged[-1] == ("chat.opted_out",)
    assert status_of(toolkit, lead) == "lost"
    with pytest.raises(NotAllowedError):
        talks.take(lead, "hello again")
    assert "START" not in talks.take(lead, "START").reply
    assert talks.silences(lead) == set()
    assert talks.take(lead, "hello again").reply


def test_words_said_after_the_stop_are_kept_though_nothing_is_answered(talks: LeadTalks, lead: int) -> None:
    talks.take(lead, "STOP")
    with pytest.raises(NotAllowedError):
        talks.take(lead, "I mean it")
    assert [one.text for one in talks.open(lead)[1].said if one.role == "seller"] == ["STOP", "I mean it"]


def test_no_word_of_the_seller_stands_in_clear_in_the_database(
    talks: LeadTalks, lead: int, database: TestDatabase
) -> None:
    talks.take(lead, "My name is Zebulon Quagmire, call 217-555-0142, behind on payments")
    with connect_as_owner(database.owner_url) as owner:
        row = owner.execute("select messages::text from conversations").fetchone()
    assert row is not None
    assert not any(word in row[0] for word in ("Zebulon", "0142", "behind"))


def test_two_terminals_on_one_lead_lose_no_message(toolkit: Toolkit, talks: LeadTalks, lead: int) -> None:
    others = [Toolkit(toolkit.settings) for _ in range(2)]

    def chatter(n: int) -> None:
        with others[n] as mine:
            for i in range(5):
                talks_at(mine, MONDAY_NOON).take(lead, f"message {i} of terminal {n}")

    threads = [threading.Thread(target=chatter, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = {one.text for one in talks.open(lead)[1].said if one.role == "seller"}
    assert said == {f"message {i} of terminal {n}" for n in range(2) for i in range(5)}


def test_a_reply_is_held_in_a_quiet_hour_of_the_sellers_state(toolkit: Toolkit, lead: int) -> None:
    alabama = next(line.id for line in toolkit.leads.search(LeadFilter()) if line.state == "AL")
    del lead
    result = talks_at(toolkit, SUNDAY_NOON).take(alabama, "who is this")
    assert result.held
    assert "quiet hour in AL" in result.notes[-1]
    assert not talks_at(toolkit, MONDAY_NOON).take(alabama, "hello?").held


def test_the_confirmation_of_a_stop_waits_for_no_hour(toolkit: Toolkit, lead: int) -> None:
    night = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)
    result = talks_at(toolkit, night).take(lead, "STOP")
    assert result.reply
    assert not result.held


def test_notes_on_a_state_are_shown_before_the_first_talk_there_and_not_again(talks: LeadTalks, lead: int) -> None:
    assert any("IL, wholesaling" in note for note in talks.open(lead)[2])
    talks.take(lead, "hi")
    assert talks.open(lead)[2] == []


def test_the_last_message_can_be_taken_back_but_no_opt_out(talks: LeadTalks, lead: int) -> None:
    talks.take(lead, "hi")
    talks.take(lead, "I'd take 120")
    assert talks.undo(lead).said[0].text == "hi"
    assert "asking_price" not in talks.take(lead, "hm").facts
    talks.take(lead, "STOP")
    with pytest.raises(UsageError):
        talks.undo(lead)


def test_a_talk_goes_on_in_the_next_session(toolkit: Toolkit, talks: LeadTalks, lead: int) -> None:
    talks.take(lead, QUALIFYING[0])
    result = talks_at(toolkit, MONDAY_NOON).take(lead, QUALIFYING[1])
    assert result.verdict.status == "qualified"
    assert result.facts["motivation"] == ["foreclosure"]


def test_a_lead_that_is_not_there_is_named(talks: LeadTalks) -> None:
    with pytest.raises(UsageError, match="lead 4711"):
        talks.take(4711, "hi")


def test_an_empty_message_changes_nothing(talks: LeadTalks, lead: int) -> None:
    assert talks.take(lead, "  \n").reply.startswith("Sorry")
    assert [one.role for one in talks.open(lead)[1].said] == ["assistant"]
