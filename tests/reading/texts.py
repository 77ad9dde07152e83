"""Short ways to read a text in the tests of reading."""

from __future__ import annotations

import re

from pytest_postmortem.model.document import Document, Format
from pytest_postmortem.model.postmortem import ActionItem, Postmortem
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.reading.vocabulary.default import DEFAULT, Vocabulary

ITEMS = "# Queue overflow\n\n## Action items\n\n"
"""What `items` puts before its text, which so begins at line 5."""


def document(
    text: str, stem: str = "queue-overflow", *, configured: bool = False, format: Format = Format.MARKDOWN
) -> Document:
    """A document in the folder `pm` that holds this text."""
    suffix = {Format.MARKDOWN: "md", Format.YAML: "yaml", Format.JSON: "json"}[format]
    return Document(f"pm/{stem}.{suffix}", "pm", stem, configured, load=lambda: text, format=format)


def read(
    text: str,
    stem: str = "queue-overflow",
    *,
    configured: bool = False,
    format: Format = Format.MARKDOWN,
    words: Vocabulary = DEFAULT,
    id_pattern: str | None = None,
) -> Postmortem:
    """This text, read."""
    pattern = re.compile(id_pattern) if id_pattern is not None else None
    return Reader(words, pattern).read(document(text, stem, configured=configured, format=format))


def items(text: str, before: str = ITEMS) -> tuple[ActionItem, ...]:
    """The action items of a text that stands under a heading for them; in a configured source, and without a fault."""
    postmortem = read(before + text, configured=True)
    assert postmortem.faults == ()
    return postmortem.action_items


def only(text: str, before: str = ITEMS) -> ActionItem:
    """The only action item of such a text."""
    (item,) = items(text, before)
    return item


def told(postmortem: Postmortem) -> list[str]:
    """What is wrong with a post-mortem, as a user reads it."""
    return [str(fault) for fault in postmortem.faults]
