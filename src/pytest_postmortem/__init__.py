"""pytest-postmortem: ties tests to post-mortems. The public names, each loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_postmortem._version import __version__
    from pytest_postmortem.config.settings import Settings
    from pytest_postmortem.errors import ConfigError, DocumentError, EvidenceError, PostmortemError, SourceError
    from pytest_postmortem.hookspecs import hookimpl
    from pytest_postmortem.judging.gate import Decision, Violation
    from pytest_postmortem.judging.report import PostmortemVerdict, Report
    from pytest_postmortem.judging.states import ItemVerdict, TestVerdict
    from pytest_postmortem.linting.interface import Finding, Rule, Subject
    from pytest_postmortem.model.document import Document, Format, Skipped
    from pytest_postmortem.model.postmortem import (
        ActionItem,
        IdSource,
        ItemStatus,
        Need,
        Postmortem,
        RootCauseAnalysis,
        Scope,
        TestRequirement,
        Waiver,
    )
    from pytest_postmortem.reporting.interface import Finished, Reporter
    from pytest_postmortem.sources.interface import Listing, Source

__all__ = [
    "ActionItem",
    "ConfigError",
    "Decision",
    "Document",
    "DocumentError",
    "EvidenceError",
    "Finding",
    "Finished",
    "Format",
    "IdSource",
    "ItemStatus",
    "ItemVerdict",
    "Listing",
    "Need",
    "Postmortem",
    "PostmortemError",
    "PostmortemVerdict",
    "Report",
    "Reporter",
    "RootCauseAnalysis",
    "Rule",
    "Scope",
    "Settings",
    "Skipped",
    "Source",
    "SourceError",
    "Subject",
    "TestRequirement",
    "TestVerdict",
    "Violation",
    "Waiver",
    "__version__",
    "hookimpl",
]

_HOMES = {
    "_version": ("__version__",),
    "config.settings": ("Settings",),
    "errors": ("ConfigError", "DocumentError", "EvidenceError", "PostmortemError", "SourceError"),
    "hookspecs": ("hookimpl",),
    "judging.gate": ("Decision", "Violation"),
    "judging.report": ("PostmortemVerdict", "Report"),
    "judging.states": ("ItemVerdict", "TestVerdict"),
    "linting.interface": ("Finding", "Rule", "Subject"),
    "model.document": ("Document", "Format", "Skipped"),
    "model.postmortem": (
        "ActionItem",
        "IdSource",
        "ItemStatus",
        "Need",
        "Postmortem",
        "RootCauseAnalysis",
        "Scope",
        "TestRequirement",
        "Waiver",
    ),
    "reporting.interface": ("Finished", "Reporter"),
    "sources.interface": ("Listing", "Source"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
