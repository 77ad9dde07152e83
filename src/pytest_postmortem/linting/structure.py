"""PM1xx: what a document needs to be found, named and dated."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_postmortem.linting.interface import Finding, Rule, Subject
from pytest_postmortem.model.postmortem import IdSource
from pytest_postmortem.reading.vocabulary.dates import find_first_date

__all__ = ["RULES"]


def _check_id(subject: Subject) -> Iterable[Finding]:
    postmortem = subject.postmortem
    if postmortem.id_source is IdSource.STEM:
        known = (
            f"no id of its own: it is known by its file name alone, {postmortem.stem!r}, and a rename cuts every link"
        )
        begins = "file name"
        if postmortem.origin == postmortem.stem and postmortem.url:  # a record of a service, and no file
            known, begins = f"no id of its own: it is known as {postmortem.stem!r}", "title"
        yield Finding(
            1, f"{known}; write `id:` into the front matter, or begin the {begins} with an id such as PM-2026-001"
        )


def _check_title(subject: Subject) -> Iterable[Finding]:
    postmortem = subject.postmortem
    if postmortem.title in ("", postmortem.stem, postmortem.id):
        yield Finding(
            postmortem.line,
            "no title: no heading says in a few words what happened; write one, such as # Checkout down",
        )


def _check_date(subject: Subject) -> Iterable[Finding]:
    if subject.postmortem.date is None:
        yield Finding(
            subject.postmortem.line,
            "no full date of the incident: it cannot be ordered or judged by `since`; write `date: 2026-02-11` into "
            "the front matter, or a line **Date:** 2026-02-11",
        )


_HEADING = re.compile(r"\s{0,3}#{1,2}\s")


def _check_same_date(subject: Subject) -> Iterable[Finding]:
    named = find_first_date(subject.postmortem.stem)
    if named is None:
        return
    line, heading = next((one for one in subject.prose if _HEADING.match(one[1])), (1, ""))
    told = find_first_date(heading)
    if told is not None and told != named:
        yield Finding(line, f"the file name says {named} and the heading {told}; write the day of the incident in both")


_LEFT_OVER = re.compile(
    r"\{\{\s*[^\W\d_][\w /?,':-]{0,78}\}\}"  # and not the expressions of Liquid, Jinja or Hugo
    r"|\b[yY]{4}-[mM]{2}-[dD]{2}\b"
    r"|\[(?:describe|insert|fill in|add (?:a |the )?description|your|incident title|incident name|title|short title|"
    r"date|owner name|name of)\b[^\]\n]{0,120}\](?![(\[:])"
    r"|<(?:describe|insert|your|short|title|incident title|date|name|owner)\b[^>\n=]{0,80}>"
    r"|\blorem ipsum\b",
    re.IGNORECASE,
)


_BEGINNINGS = ("{{", "yyyy", "lorem", "[", "<")


def _check_placeholders(subject: Subject) -> Iterable[Finding]:
    for line, text in subject.speaks_of(_BEGINNINGS):
        if found := _LEFT_OVER.search(text):
            yield Finding(
                line, f"left over from a template: {found.group()[:60]}; write what it asks for, or take it out"
            )


RULES = [
    Rule(
        code="PM101",
        name="no id",
        what="A post-mortem has an id of its own: in its front matter, its file name or its first heading.",
        why=(
            "Tests, tickets and other post-mortems name it by its id. Where only the file name identifies it, the next "
            "rename breaks every link to it."
        ),
        bad="# Checkout queue overflow\n\nDate: 2026-02-11\n",
        good="---\nid: PM-2026-001\ndate: 2026-02-11\n---\n# Checkout queue overflow\n",
        check=_check_id,
    ),
    Rule(
        code="PM102",
        name="no title",
        what="A post-mortem has a title: a first heading, or `title:` in its front matter, that is more than its id.",
        why="A list of ids tells nobody what the team has learned. The title is what people remember and search for.",
        bad="---\nid: PM-2026-001\ndate: 2026-02-11\n---\n\nCheckout stood still.\n",
        good="---\nid: PM-2026-001\ndate: 2026-02-11\n---\n# Checkout queue overflow\n\nCheckout stood still.\n",
        check=_check_title,
    ),
    Rule(
        code="PM103",
        name="no date",
        what="A post-mortem says on which day the incident happened, or began.",
        why=(
            "Without the day nobody can tell whether the incident is older than the gate (`since`), how long it took "
            "until a test guarded it, or what else was deployed then."
        ),
        bad="# PM-2026-001: Checkout queue overflow\n\nCheckout stood still.\n",
        good="# PM-2026-001: Checkout queue overflow\n\n**Date:** 2026-02-11\n",
        check=_check_date,
    ),
    Rule(
        code="PM104",
        name="two dates",
        what="Where the file name and the first heading both give a day, it is the same.",
        why=(
            "Two days for one incident mean that one of them is wrong, or that the name holds the day of writing: "
            "whoever looks for the incident by its day does not find it."
        ),
        bad="# 2026-02-13: Checkout queue overflow\n",
        good="# 2026-02-11: Checkout queue overflow\n",
        check=_check_same_date,
        file="2026-02-11-checkout.md",
    ),
    Rule(
        code="PM105",
        name="template left over",
        what=(
            "Nothing is left of the template: no `{{ place }}`, no `YYYY-MM-DD`, no `[describe ...]`. Code, comments "
            "and quotes are not looked at."
        ),
        why="A place that nobody filled in is a question that nobody asked.",
        bad="# PM-2026-001: Checkout queue overflow\n\n**Date:** 2026-02-11\n\n[Describe the impact]\n",
        good="# PM-2026-001: Checkout queue overflow\n\n**Date:** 2026-02-11\n\nNo order got through for 47 minutes.\n",
        check=_check_placeholders,
    ),
]
