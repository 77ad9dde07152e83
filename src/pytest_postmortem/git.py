"""Run git without whatever in the user's environment or configuration could change what it prints or runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pytest_postmortem.errors import ConfigError

__all__ = ["Git", "clean_environment", "explain_start_failure", "summarize_complaint"]

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
        self.environment.update(self._disable_filters())
        code, output, complaint = self.ask("rev-parse", "--is-inside-work-tree")
        if code or output.strip() != b"true":
            raise _explain_no_checkout(base, complaint)
        self.prefix = self.ask("rev-parse", "--show-prefix")[1].removesuffix(b"\n")

    def _disable_filters(self) -> dict[str, str]:
        """Return the variables that disable the filters of the configuration, which are programs."""
        _, output, _ = self.ask("config", "--null", "--name-only", "--get-regexp", r"^filter\..*\.")
        settings: dict[str, str] = {}
        for name in dict.fromkeys(os.fsdecode(output).split("\0")):
            if name:
                driver = name.rpartition(".")[0]
                settings |= {f"{driver}.{key}": "" for key in ("clean", "smudge", "process")}
                settings[f"{driver}.required"] = "false"
        pairs = {"GIT_CONFIG_COUNT": str(len(settings))} if settings else {}
        for number, (name, value) in enumerate(settings.items()):
            pairs |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        return pairs

    def resolve(self, revision: str) -> str:
        """Return the commit that `revision` names. Raises ConfigError if it names none."""
        hint = "name a branch, a tag or a commit"
        if revision.startswith("-") or "\0" in revision or not revision:
            raise ConfigError(f"{revision!r} is no revision", hint=hint)
        code, output, _ = self.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if code:
            if self.ask("rev-parse", "--verify", "--quiet", "HEAD")[0]:
                raise ConfigError(f"the git repository at {self.base} has no commit yet", hint="commit something first")
            raise ConfigError(f"git knows no commit {revision!r}", hint=hint)
        return output.split()[-1].decode()

    def hash_empty_tree(self) -> str:
        """Return the name of the tree without files, by this repository's kind of hash."""
        return self.ask("hash-object", "-t", "tree", "--stdin")[1].decode().strip()

    def path(self, name: str) -> Path:
        """Return where git keeps something of this repository: `git rev-parse --git-path`."""
        return self.base / os.fsdecode(self.ask("rev-parse", "--git-path", name)[1].removesuffix(b"\n"))

    def find_top_folder(self) -> Path:
        """Return the folder of the checkout."""
        return Path(os.fsdecode(self.ask("rev-parse", "--show-toplevel")[1].removesuffix(b"\n"))).resolve()

    def read_shallow_commits(self) -> frozenset[str]:
        """Return the commits whose parents a shallow clone has left out; none if the history is complete."""
        path = self.path("shallow")
        return frozenset(path.read_text(encoding="ascii").split()) if path.is_file() else frozenset()

    def is_shallow(self) -> bool:
        """Return whether a part of the history is missing."""
        return bool(self.read_shallow_commits())

    def command(self, arguments: tuple[str, ...]) -> list[str]:
        """Return the words of a command that runs git."""
        return ["git", "--no-pager", *_SETTINGS, *arguments]

    def ask(
        self, *arguments: str, stdin: bytes | None = None, extra: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, bytes]:
        """Run one command; return its exit code, output and complaints. `extra` is added to its environment.

        Raises ConfigError if git cannot be started.
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
            raise explain_start_failure(error) from None
        return done.returncode, done.stdout, done.stderr


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for git, without what names another repository or configuration (`GIT_DIR`, ...)."""
    cleaned = {name: value for name, value in environ.items() if not name.upper().startswith("GIT_")}
    return {**cleaned, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def explain_start_failure(error: OSError) -> ConfigError:
    """Return the error that git could not be started."""
    if isinstance(error, FileNotFoundError):
        return ConfigError("git was not found", hint="install git")
    return ConfigError(f"git cannot be started: {error.strerror or error}", hint="mend its installation")


def _explain_no_checkout(base: Path, complaint: bytes) -> ConfigError:
    """Return the error that `base` is not in a checkout that git reads."""
    if not complaint or b"not a git repository" in complaint:
        return ConfigError(
            f"there is no git repository at {base}", hint="run it in a checkout, or `git init` and commit"
        )
    if b"dubious ownership" in complaint:
        return ConfigError(
            f"git refuses {base}: it belongs to another user (dubious ownership)",
            hint="run this as its owner, or `git config --global --add safe.directory FOLDER` if you trust it",
        )
    return ConfigError(f"git cannot read {base}: {summarize_complaint(complaint)}", hint="mend what git says")


def summarize_complaint(complaint: bytes) -> str:
    """Return what git complains of, in one line."""
    lines = complaint.decode("utf-8", "backslashreplace").splitlines()
    return next((line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")), "".join(lines[:1]))
