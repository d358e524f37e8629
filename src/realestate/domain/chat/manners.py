"""What an assistant may say, whoever phrased it: short, harmless, without a price, a promise or a link."""

from __future__ import annotations

import re

from realestate.domain.chat.cleaning import clean

LONGEST = 480
FORBIDDEN = re.compile(
    r"https?://|www\.|\b\S+\.(?:com|net|org|io|example)\b"  # links are never ours
    r"|\$\s?\d|\b\d{2,3}[,.]?\d{3}\b|\b\d+\s?k\b"  # a number of ours would be a price
    r"|\b(?:guarantee|promise|we(?:'ll| will) (?:pay|offer|buy)|i(?:'ll| will) pay|legal advice|lawyer)\w*"
    r"|\b(?:system prompt|instructions|api key|qualified|score|as an ai)\b"
    r"|[\[\]{}<>]",
    re.IGNORECASE,
)


def is_sayable(reply: str) -> bool:
    """Whether a reply can go out as it is."""
    text = reply.strip()
    return bool(text) and len(text) <= LONGEST and clean(text) == text and not FORBIDDEN.search(text)
