"""Joins the second opinion on photos: who is asked, and whether photos may go there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from realestate.errors import NotAllowedError

if TYPE_CHECKING:
    from realestate.adapters.openai_vision import OpenAIVision
    from realestate.settings import Settings

WITHOUT = "or leave --second-opinion out"


def second_opinion(settings: Settings, agree: Callable[[str], bool]) -> OpenAIVision:
    """The vision model of the settings.

    Args:
        settings: Server, secret and model.
        agree: Asked with the host before the first photo goes to it; hosts once agreed to are remembered.

    Raises:
        NotAllowedError: If none is configured, or its host was not agreed to. To have agreed to send words there
            is not to have agreed to send photos.
    """
    from realestate.adapters.agreed_hosts import AgreedHosts
    from realestate.adapters.openai_completions import host_of
    from realestate.adapters.openai_vision import OpenAIVision

    if settings.openai_base_url is None and not settings.openai_api_key:
        raise NotAllowedError(
            "A second opinion needs a vision model, and neither a key nor a server of your own is set.",
            f"Set OPENAI_API_KEY, or OPENAI_BASE_URL and REALESTATE_VISION_MODEL; {WITHOUT}",
        )
    AgreedHosts(settings.config_folder / "photo-hosts").require(
        host_of(settings.openai_base_url),
        agree,
        "Small copies of the photos",
        f"Agree once: realestate analyze PHOTOS --second-opinion --yes; {WITHOUT}",
    )
    model = settings.vision_model or settings.openai_model
    return OpenAIVision(settings.openai_base_url, settings.openai_api_key, model)
