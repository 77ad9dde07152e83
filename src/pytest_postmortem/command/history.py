"""`postmortem history`."""

from __future__ import annotations

import click

from pytest_postmortem.project import Project

__all__ = ["history"]


@click.command()
@click.pass_obj
def history(project: Project) -> None:
    """When each incident happened, and when its first guard was merged, out of git."""
