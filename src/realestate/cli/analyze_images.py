"""``realestate analyze-images``: another name of ``realestate analyze``."""

from __future__ import annotations

from realestate.cli.analyze import analyze as analyze_images

__all__ = ["analyze_images"]
