"""Asks chat completions of any OpenAI-compatible server, with one deadline for everything and one retry."""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from openai import OpenAI

LONGEST_WAIT_SECONDS = 2.0
"""A server that asks to be left alone for longer is not waited for."""

DEFAULT_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-4o-mini"
REASONING_MODELS = ("o1", "o3", "o4", "gpt-5", "gpt-6")
"""These count their thoughts as tokens and name the limit differently."""

NO_KEY = "none"
"""What servers of one's own are sent: the client insists on a key."""

FENCED = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)
Message = dict[str, Any]


class NoCompletionError(Exception):
    """The server gave no usable answer.

    Attributes:
        reason: In a few words, without anything that was sent.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def host_of(base_url: str | None) -> str:
    """The host that words would go to."""
    return urlsplit(base_url or DEFAULT_URL).hostname or "?"


class Completions:
    """One model of one server.

    Args:
        base_url: The server; OpenAI's own when omitted.
        api_key: Its secret; servers of one's own need none.
        model: The model to ask for.
        deadline: Seconds for a whole question, its retry included.
    """

    def __init__(self, base_url: str | None, api_key: str | None, model: str | None, deadline: float) -> None:
        self._base_url = base_url or DEFAULT_URL
        self._api_key = api_key or NO_KEY
        self.model = model or DEFAULT_MODEL
        self.host = host_of(base_url)
        self._deadline = deadline

    def ask(self, messages: Sequence[Message], schema: Message, most_tokens: int) -> str:
        """The content of the server's answer; asked a second time when the first failed and there is time.

        Args:
            messages: As the server takes them.
            schema: Name and JSON schema of the answer; left out the second time for a server that knows none.
            most_tokens: Of the answer.

        Raises:
            NoCompletionError: If there is none in time.
        """
        until = time.monotonic() + self._deadline
        limit = "max_completion_tokens" if self.model.startswith(REASONING_MODELS) else "max_tokens"
        request = {
            "model": self.model,
            "messages": list(messages),
            "response_format": {"type": "json_schema", "json_schema": schema},
            limit: most_tokens,
        }
        return _within(self._deadline, lambda: self._ask(request, until))

    def _ask(self, request: Message, until: float) -> str:
        try:
            return _complete(self.client, request, until)
        except _TryAgain as failure:
            if time.monotonic() + failure.wait >= until:
                raise NoCompletionError(failure.reason) from None
            time.sleep(failure.wait)
            if failure.without_schema:
                del request["response_format"]
        try:
            return _complete(self.client, request, until)
        except _TryAgain as failure:
            raise NoCompletionError(failure.reason) from None

    @cached_property
    def client(self) -> OpenAI:
        """Made once, at the first question: it reads the certificates of the machine."""
        from openai import OpenAI

        return OpenAI(base_url=self._base_url, api_key=self._api_key, max_retries=0)


def read_json(content: str) -> object:
    """The JSON in a server's text; a fence or prose around it is taken off once.

    Raises:
        NoCompletionError: If there is none.
    """
    fence = FENCED.search(content)
    bare = content[content.find("{") : content.rfind("}") + 1]
    for candidate in (content, fence[1] if fence else "", bare):
        try:
            return json.loads(candidate, parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
    raise NoCompletionError("not JSON")


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def _complete(client: OpenAI, request: dict[str, Any], until: float) -> str:
    """One request; its failures as words, or as another try."""
    import openai

    try:
        completion = client.chat.completions.create(**request, timeout=max(0.1, until - time.monotonic()))
    except openai.RateLimitError as error:
        raise _after_rate_limit(error) from None
    except (openai.AuthenticationError, openai.PermissionDeniedError):
        raise NoCompletionError("the server refuses the key") from None
    except openai.APITimeoutError:
        raise NoCompletionError("no answer in time") from None
    except openai.BadRequestError as error:
        raise _TryAgain(_reason(error), without_schema=True) from None
    except (openai.APIConnectionError, openai.InternalServerError) as error:
        raise _TryAgain(_reason(error)) from None
    except openai.APIError as error:
        raise NoCompletionError(_reason(error)) from None
    except (ValueError, TypeError, AttributeError):
        raise NoCompletionError("an answer that is no completion") from None
    return _content(completion)


class _TryAgain(Exception):  # noqa: N818  it is an outcome that the caller acts on, not an error to report
    def __init__(self, reason: str, wait: float = 0.2, *, without_schema: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.without_schema = without_schema


def _content(completion: Any) -> str:  # noqa: ANN401  servers differ from the client's types
    """The text of the first choice; a refusal or an empty answer is none."""
    choices = getattr(completion, "choices", None)
    message = getattr(choices[0], "message", None) if choices else None
    content = getattr(message, "content", None)
    if getattr(message, "refusal", None) or not isinstance(content, str) or not content.strip():
        raise NoCompletionError("no answer, or a refusal")
    return content


def _after_rate_limit(error: Any) -> Exception:  # noqa: ANN401  the client is imported late
    """Another try after a short wait that the server asks for; no waiting for a long one."""
    wait = error.response.headers.get("retry-after", "0.5")
    try:
        seconds = float(wait)
    except ValueError:
        seconds = LONGEST_WAIT_SECONDS + 1
    if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
        return NoCompletionError("too many requests")
    return _TryAgain("too many requests", seconds)


def _reason(error: Exception) -> str:
    code = getattr(error, "status_code", None)
    return f"HTTP {code}" if code else "no connection"


def _within(seconds: float, work: Callable[[], str]) -> str:
    """What the work returns or raises, unless it takes longer; a server that drips bytes is left to itself."""
    outcome: queue.Queue[tuple[str | None, BaseException | None]] = queue.Queue(1)

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:  # noqa: BLE001  handed to the caller, who waits in another thread
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True, name="completion").start()
    try:
        text, error = outcome.get(timeout=seconds)
    except queue.Empty:
        raise NoCompletionError("no answer in time") from None
    if isinstance(error, NoCompletionError):
        raise error
    if error is not None:
        raise NoCompletionError(type(error).__name__) from None
    return text or ""
