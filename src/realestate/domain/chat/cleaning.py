"""Makes any text a stranger sends safe to keep, to show and to read, and hides what is nobody else's business."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 4_000

ESCAPE_SEQUENCE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles and hyperlinks
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, clear screen
    r"|[\x1b\x9b].?",
    re.DOTALL,
)
CARD = re.compile(r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)")
SOCIAL_SECURITY = re.compile(r"(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24}")
PHONE = re.compile(
    r"(?<![\d$])(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ]?)?\d{3}[-. ]\d{4}(?!\d)|(?<![\d$,.])\d{10}(?!\d)"
)
INTRODUCED = re.compile(
    r"\b(?P<intro>(?i:my name is|this is|me llamo|mi nombre es|soy))\s+(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)


def clean(raw: str) -> str:
    """The same words without anything that could act: no escapes, controls, half characters or invisible marks.

    Compatibility forms are folded (NFKC) and the text is cut at 4,000 characters.
    """
    if raw.isascii() and raw.isprintable():
        return raw.strip()[:MAX_CHARACTERS]
    text = ESCAPE_SEQUENCE.sub("", raw[: MAX_CHARACTERS * 2])
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    kept = (character for character in text if _is_harmless(character))
    return "".join(kept).replace("\r", "\n").strip()[:MAX_CHARACTERS]


def was_cut(raw: str) -> bool:
    """Whether `clean` leaves out the end of this text."""
    return len(raw) > MAX_CHARACTERS


def mask(text: str) -> str:
    """The text with card and social security numbers blotted out: nobody here has a use for them."""
    return CARD.sub("[card number]", SOCIAL_SECURITY.sub("[social security number]", text))


def with_placeholders(text: str) -> str:
    """The text as it may leave the machine: phones, e-mails and introduced names stand as placeholders."""
    text = EMAIL.sub("[email]", mask(text))
    text = PHONE.sub("[phone]", text)
    return INTRODUCED.sub(lambda found: f"{found['intro']} [name]", text)


def _is_harmless(character: str) -> bool:
    """Newline and tab stay; other controls, bidirectional marks, zero-width and private characters go."""
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
