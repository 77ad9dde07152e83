"""What a CI service says of the job in its environment. The environment is passed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

__all__ = ["find_repository_path", "get_attempt", "get_link_pattern", "get_run", "get_shard"]

_SHARDS = (  # variable of the service, of the number, what to add to it to count from 1, variable of the total
    ("GITLAB_CI", "CI_NODE_INDEX", 0, "CI_NODE_TOTAL"),  # other services use these two names and count from 0
    ("CIRCLECI", "CIRCLE_NODE_INDEX", 1, "CIRCLE_NODE_TOTAL"),
    ("BUILDKITE", "BUILDKITE_PARALLEL_JOB", 1, "BUILDKITE_PARALLEL_JOB_COUNT"),
)
_ATTEMPTS = ("GITHUB_RUN_ATTEMPT", "BITBUCKET_STEP_RUN_NUMBER", "SYSTEM_JOBATTEMPT")
_RUNS = (  # variable of the service, of its run; a job that is tried again belongs to the same one
    ("GITHUB_ACTIONS", "GITHUB_RUN_ID"),
    ("GITLAB_CI", "CI_PIPELINE_ID"),
    ("CIRCLECI", "CIRCLE_WORKFLOW_WORKSPACE_ID"),  # that of the first try, if a workflow is run again from its failure
    ("CIRCLECI", "CIRCLE_WORKFLOW_ID"),
    ("BUILDKITE", "BUILDKITE_BUILD_ID"),
    ("TF_BUILD", "BUILD_BUILDID"),
    ("JENKINS_URL", "BUILD_TAG"),
    ("BITBUCKET_BUILD_NUMBER", "BITBUCKET_PIPELINE_UUID"),
)
_MOST_SHARDS = 100_000


def get_shard(environ: Mapping[str, str]) -> str | None:
    """Return the name of this part of the suite: POSTMORTEM_SHARD, else "2/4" where the service itself splits jobs."""
    named = environ.get("POSTMORTEM_SHARD", "").strip()
    if named:
        return named[:200]
    for service, index, add, total in _SHARDS:
        number, count = environ.get(index, ""), environ.get(total, "")
        if environ.get(service) != "true":
            continue
        if number.isdecimal() and count.isdecimal() and len(number + count) < 14 and 1 < int(count) <= _MOST_SHARDS:
            return f"{int(number) + add}/{int(count)}"
    return None


def get_run(environ: Mapping[str, str]) -> str | None:
    """Return the run of the CI service that this job belongs to: POSTMORTEM_RUN, else the service's own id, or None."""
    named = environ.get("POSTMORTEM_RUN", "").strip()
    if named:
        return named[:200]
    return next((environ[name][:200] for service, name in _RUNS if environ.get(service) and environ.get(name)), None)


def get_attempt(environ: Mapping[str, str]) -> int:
    """Return which try of the job this is, from 1."""
    told = next((environ[name] for name in _ATTEMPTS if environ.get(name, "").isdecimal()), "1")
    retries = environ.get("BUILDKITE_RETRY_COUNT", "")
    return int(retries[:9]) + 1 if retries.isdecimal() else max(1, int(told[:9]))


def get_link_pattern(environ: Mapping[str, str], base: Path) -> str:
    """Return where GitHub or GitLab shows a file below `base`: a URL with {commit}, {path} and {line} in it, or ""."""
    inside = find_repository_path(base)
    if inside is None:
        return ""
    inside = quote(inside)
    server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    if environ.get("GITHUB_ACTIONS") == "true" and server.startswith("https://") and _NAME.fullmatch(repository):
        return f"{server}/{repository}/blob/{{commit}}/{inside}{{path}}#L{{line}}"
    project = environ.get("CI_PROJECT_URL", "")
    if environ.get("GITLAB_CI") == "true" and project.startswith("https://"):
        return f"{project}/-/blob/{{commit}}/{inside}{{path}}#L{{line}}"
    return ""


_NAME = re.compile(r"\A[\w.-]+/[\w.-]+")


def find_repository_path(base: Path) -> str | None:
    """Return the path of `base` below the folder that holds .git, with a slash at its end; "" for that folder
    itself."""
    for folder in (base, *base.parents):
        if (folder / ".git").exists():
            inside = base.relative_to(folder).as_posix()
            return "" if inside == "." else inside + "/"
    return None
