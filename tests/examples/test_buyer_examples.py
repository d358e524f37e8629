"""The example deeds and buyers work as the README says; everybody in them is invented."""

from __future__ import annotations

from pathlib import Path

from realestate.domain.buyers.discovery import discover
from realestate.services.buyer_files import BuyerFileReader

EXAMPLES = Path(__file__).parents[2] / "examples"


def reader() -> BuyerFileReader:
    from realestate.adapters.buyer_vocabulary import BuyerVocabulary
    from realestate.adapters.list_files import open_list

    return BuyerFileReader(open_list, BuyerVocabulary())


def test_the_example_deeds_hold_repeat_buyers_and_others_to_leave_out() -> None:
    deeds, read = reader().deeds(str(EXAMPLES / "deeds.csv"), {})
    found = discover(deeds)
    assert read.lossy == 0
    assert {"government", "bank", "builder's first sale"} <= found.left_out.keys()
    third_ward = next(buyer for buyer in found.buyers if "Third Ward" in buyer.name)
    assert len(third_ward.spellings) == 2


def test_the_example_buyers_state_what_they_want() -> None:
    facts, read = reader().buyers(str(EXAMPLES / "buyers.csv"), {})
    assert read.lossy == 0
    assert [one.do_not_contact for one in facts] == [False, False, False, False, True]
    assert facts[1].areas == ["43999", "43777"]
    assert facts[0].reliability == 1.0
