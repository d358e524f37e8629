"""What a vision model elsewhere said about the photos, when it was asked; kept apart from what was measured here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that it says to have seen.

    Attributes:
        subject: What of the house: ``roof``, ``kitchen`` ...
        finding: What is wrong with it, as text that nobody checked.
        severity: ``minor``, ``moderate`` or ``severe``, in its own judgement.
        file: The photo that it was shown, by the name it was given by.
    """

    subject: str
    finding: str
    severity: str
    file: str


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """All that one model said about one visit.

    Attributes:
        model: As its server calls it.
        host: Where the photos were sent.
        remarks: In the order of the photos.
    """

    model: str
    host: str
    remarks: tuple[Remark, ...]
