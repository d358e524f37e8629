"""What a person may say about a list, and what its import came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a person may say about a list; everything is found out where it is left open.

    Attributes:
        signal: What the list stands for; ``none`` for no distress.
        list_name: Name of the list; the file's name when omitted.
        as_of: The day the list speaks of; today when omitted.
        mapping: Header to field.
        city: City of rows that name none.
        state: State of rows that name none.
        encoding: Of the file.
        dry_run: Whether everything is taken back at the end.
        source: Where leads that the list opens come from.
    """

    signal: str | None = None
    list_name: str | None = None
    as_of: date | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    city: str | None = None
    state: str | None = None
    encoding: str | None = None
    dry_run: bool = False
    source: str = "list_stacking"


@dataclass(slots=True)
class ImportReport:
    """What one import did; every row of the file is counted in exactly one place.

    Attributes:
        fresh: Rows that were new to the list.
        lossy: Rows that were kept although a date or an amount in them could not be understood.
        confidence: Header to how sure its reading is, 0 to 1.
        unread: Headers of columns that are kept as they came, and not read.
        rejections: Line and reason of the first rejected rows.
        notes: What the reader decided, one sentence each.
        details: What only the curious want to know of it.
    """

    file: str
    list_name: str
    signal: str | None
    run: int
    columns: dict[str, str]
    confidence: dict[str, float] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    created: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: int = 0
    empty: int = 0
    lossy: int = 0
    fresh: int = 0
    seconds: float = 0.0
    same_as: int | None = None
    rejections: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Records of the file, empty and rejected ones too."""
        return self.created + self.merged + self.unchanged + self.rejected + self.empty

    def left_out(self, percent: float) -> bool:
        """Tell whether more than so many percent of the rows were rejected, or any was read with loss."""
        return self.lossy > 0 or self.rejected > (self.rows - self.empty) * percent / 100

    def as_row(self) -> dict[str, Any]:
        """Give the counts as one row."""
        names = ("run", "file", "signal", "rows", "created", "merged", "unchanged", "rejected", "empty")
        return {**{name: getattr(self, name) for name in names}, "seconds": round(self.seconds, 2)}

    def as_json(self) -> dict[str, Any]:
        """Give the counts and how the columns were read."""
        read = {"columns": self.columns, "confidence": self.confidence, "unread": self.unread}
        return {**self.as_row(), "list": self.list_name, "lossy": self.lossy, **read}
