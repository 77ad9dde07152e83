"""Every subcommand, each from a file of its own."""

from __future__ import annotations

import click

__all__ = ["add_to"]


def add_to(group: click.Group) -> None:
    """Add them to the command, in the order in which they are used."""
    from pytest_postmortem.command.check import check
    from pytest_postmortem.command.fetch import fetch
    from pytest_postmortem.command.history import history
    from pytest_postmortem.command.lint import lint
    from pytest_postmortem.command.list import list_
    from pytest_postmortem.command.markers import markers
    from pytest_postmortem.command.new import new
    from pytest_postmortem.command.prove import prove
    from pytest_postmortem.command.scaffold import scaffold_test
    from pytest_postmortem.command.show import show

    for command in (new, lint, scaffold_test, markers, list_, show, prove, check, history, fetch):
        group.add_command(command)
