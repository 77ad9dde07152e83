"""Asking git, with nothing of the user's environment or configuration that could change what it tells or runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pytest_postmortem.errors import ConfigError

__all__ = ["Git", "clean_environment", "first_line", "no_git"]

# What a user's own configuration of git may change in the output, or run.
_SETTINGS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"),
    *("-c", f"diff.orderFile={os.devnull}", "-c", "diff.relative=false", "-c", "log.follow=false"),
    *("-c", "log.showRoot=true", "-c", "log.diffMerges=first-parent", "-c", "log.showSignature=false"),
    *("-c", "color.ui=never"),
)


class Git:
    """The git repository that `base` lies in. Raises ConfigError where there is none.

    `prefix` is the path of `base` in it, empty or ending in `/`. `environ` is the process's environment: what git
    would obey of it (`GIT_DIR` and the like) is left out.
    """

    def __init__(self, base: Path, environ: Mapping[str, str]) -> None:
        self.base = base
        self.environment = clean_environment(environ)
        self.environment.update(self._without_filters())
        code, told, complaint = self.ask("rev-parse", "--is-inside-work-tree")
        if code or told.strip() != b"true":
            if not complaint or b"not a git repository" in complaint:
                raise ConfigError(
                    f"there is no git repository at {base}", hint="run it in a checkout, or `git init` and commit"
                )
            if b"dubious ownership" in complaint:
                raise ConfigError(
                    f"git refuses {base}: it belongs to another user (dubious ownership)",
                    hint="run this as its owner, or `git config --global --add safe.directory FOLDER` if you trust it",
                )
            raise ConfigError(f"git cannot read {base}: {first_line(complaint)}", hint="mend what git says")
        self.prefix = self.ask("rev-parse", "--show-prefix")[1].removesuffix(b"\n")

    def _without_filters(self) -> dict[str, str]:
        """The variables that switch off the filters of the configuration, which are programs."""
        _, told, _ = self.ask("config", "--null", "--name-only", "--get-regexp", r"^filter\..*\.")
        settings: dict[str, str] = {}
        for name in dict.fromkeys(os.fsdecode(told).split("\0")):
            if name:
                driver = name.rpartition(".")[0]
                settings |= {f"{driver}.{key}": "" for key in ("clean", "smudge", "process")}
                settings[f"{driver}.required"] = "false"
        pairs = {"GIT_CONFIG_COUNT": str(len(settings))} if settings else {}
        for number, (name, value) in enumerate(settings.items()):
            pairs |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        return pairs

    def resolve(self, revision: str) -> str:
        """The commit that `revision` names. Raises ConfigError where it names none."""
        hint = "name a branch, a tag or a commit"
        if revision.startswith("-") or "\0" in revision or not revision:
            raise ConfigError(f"{revision!r} is no revision", hint=hint)
        code, told, _ = self.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if code:
            if self.ask("rev-parse", "--verify", "--quiet", "HEAD")[0]:
                raise ConfigError(f"the git repository at {self.base} has no commit yet", hint="commit something first")
            raise ConfigError(f"git knows no commit {revision!r}", hint=hint)
        return told.split()[-1].decode()

    def empty_tree(self) -> str:
        """The name of the tree without files, by this repository's kind of hash."""
        return self.ask("hash-object", "-t", "tree", "--stdin")[1].decode().strip()

    def path(self, name: str) -> Path:
        """Where git keeps something of this repository: `git rev-parse --git-path`."""
        return self.base / os.fsdecode(self.ask("rev-parse", "--git-path", name)[1].removesuffix(b"\n"))

    def top(self) -> Path:
        """The folder of the checkout."""
        return Path(os.fsdecode(self.ask("rev-parse", "--show-toplevel")[1].removesuffix(b"\n"))).resolve()

    def shallow(self) -> frozenset[str]:
        """The commits whose parents a shallow clone has left out; empty where all of the history is there."""
        path = self.path("shallow")
        return frozenset(path.read_text(encoding="ascii").split()) if path.is_file() else frozenset()

    def is_shallow(self) -> bool:
        """Whether a part of the history is not there."""
        return bool(self.shallow())

    def command(self, arguments: tuple[str, ...]) -> list[str]:
        """The words of a command that asks this git."""
        return ["git", "--no-pager", *_SETTINGS, *arguments]

    def ask(
        self, *arguments: str, stdin: bytes | None = None, extra: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, bytes]:
        """The exit code, the output and the complaints of one command; `extra` is added to its environment.

        Raises ConfigError where git cannot be started.
        """
        try:
            done = subprocess.run(
                self.command(arguments),
                cwd=self.base,
                env=self.environment if extra is None else {**self.environment, **extra},
                input=b"" if stdin is None else stdin,
                capture_output=True,
            )
        except OSError as error:
            raise no_git(error) from None
        return done.returncode, done.stdout, done.stderr


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for git, without what would lead it to another repository or configuration (`GIT_DIR`, ...)."""
    cleaned = {name: value for name, value in environ.items() if not name.upper().startswith("GIT_")}
    return {**cleaned, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def no_git(error: OSError) -> ConfigError:
    """Why git could not be started."""
    if isinstance(error, FileNotFoundError):
        return ConfigError("git was not found", hint="install git")
    return ConfigError(f"git cannot be started: {error.strerror or error}", hint="mend its installation")


def first_line(told: bytes) -> str:
    """What git complains of, in one line."""
    lines = told.decode("utf-8", "backslashreplace").splitlines()
    return next((line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")), "".join(lines[:1]))
