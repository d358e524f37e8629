"""Writes one HTML file that asks for nothing from elsewhere and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any


def page(template: str, style: str, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:  # noqa: ANN401
    """Fill a template with whatever it shows; ``style`` is the style sheet beside it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("realestate.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= filters
    sheet = (files("realestate.reports") / "templates" / style).read_text(encoding="utf-8")
    # Only this very style sheet is allowed, so that nothing in the data could bring another.
    allowed = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    return pages.get_template(template).render(style=sheet, allowed=f"sha256-{allowed}", **values)
