"""A talk as a transcript: plain text, or one self-contained HTML file."""

from __future__ import annotations

from realestate.domain.chat.ports import LeadHead
from realestate.domain.chat.talk import Talk

FORMS = ("text", "html")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Talk about {{ head.address }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #1d1d1f }
p { margin: .4rem 0; padding: .6rem .9rem; border-radius: 1rem; max-width: 75%; white-space: pre-wrap }
.seller { background: #eceff1 } .assistant { background: #d7ecd9; margin-left: auto }
small { display: block; color: #5f6368 }
</style>
<h1>{{ head.address }}</h1>
{% for one in talk.said %}
<p class="{{ one.role }}">{{ one.text }}<small>{{ one.role }}{% if one.at %}, {{ one.at }}{% endif %}</small></p>
{% endfor %}
</html>"""


def transcript(head: LeadHead, talk: Talk, form: str) -> str:
    """The talk as `text` or `html`; nothing in it is run, whatever the seller wrote."""
    if form == "text":
        lines = [f"{one.at}  {one.role}: {one.text}".strip() for one in talk.said]
        return "\n".join([f"Lead {head.id}, {head.address}", *lines])
    from jinja2 import Environment

    return Environment(autoescape=True).from_string(PAGE).render(head=head, talk=talk)
