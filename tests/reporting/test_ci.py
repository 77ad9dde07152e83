"""What CI services say of a job, and what is made of it where they say nonsense."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.reporting.ci import find_repository_path, get_attempt, get_link_pattern, get_run, get_shard

GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop"}
GITLAB = {"GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.com/acme/shop"}


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, None),
        ({"GITLAB_CI": "true", "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "4"}, "1/4"),
        ({"GITLAB_CI": "true", "CI_NODE_INDEX": "4", "CI_NODE_TOTAL": "4"}, "4/4"),
        ({"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "4"}, None),
        ({"CIRCLECI": "true", "CIRCLE_NODE_INDEX": "0", "CIRCLE_NODE_TOTAL": "2"}, "1/2"),
        ({"CIRCLECI": "true", "CIRCLE_NODE_INDEX": "1", "CIRCLE_NODE_TOTAL": "2"}, "2/2"),
        ({"BUILDKITE": "true", "BUILDKITE_PARALLEL_JOB": "2", "BUILDKITE_PARALLEL_JOB_COUNT": "3"}, "3/3"),
        ({"GITLAB_CI": "true", "CI_NODE_INDEX": "01", "CI_NODE_TOTAL": "04"}, "1/4"),
        ({"POSTMORTEM_SHARD": "ubuntu-3.13"}, "ubuntu-3.13"),
        ({"POSTMORTEM_SHARD": " 2/4 "}, "2/4"),
        ({"POSTMORTEM_SHARD": "mine", "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "4"}, "mine"),
        ({"POSTMORTEM_SHARD": "x" * 500}, "x" * 200),
    ],
)
def test_a_part_of_a_suite_has_the_name_that_the_service_gives(environ: dict[str, str], name: str | None) -> None:
    """Counted from 1, whatever the service counts from; a name of one's own comes first.

    Heroku and Knapsack have GitLab's variables and count from 0.
    """
    assert get_shard(environ) == name


@pytest.mark.parametrize(
    "environ",
    [
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "1"},
        {"GITLAB_CI": "true", "CI_NODE_TOTAL": "4"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "", "CI_NODE_TOTAL": ""},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "1"},
        {"CIRCLECI": "true", "CIRCLE_NODE_INDEX": "0", "CIRCLE_NODE_TOTAL": "1"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "0"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "-1", "CI_NODE_TOTAL": "4"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "one", "CI_NODE_TOTAL": "four"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "1.5", "CI_NODE_TOTAL": "4"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "1000000"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "²", "CI_NODE_TOTAL": "³"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "${{ x }}", "CI_NODE_TOTAL": "4"},
        {"POSTMORTEM_SHARD": ""},
        {"POSTMORTEM_SHARD": "  \t"},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "9" * 5000},
        {"GITLAB_CI": "true", "CI_NODE_INDEX": "9" * 5000, "CI_NODE_TOTAL": "4"},
    ],
    ids=range(16),
)
def test_nonsense_is_no_part_of_a_suite(environ: dict[str, str]) -> None:
    """A job that is alone, and values that no service gives."""
    assert get_shard(environ) is None


def test_a_service_that_says_nonsense_does_not_hide_the_next() -> None:
    """The first that makes sense counts."""
    gitlab = {"GITLAB_CI": "true", "CI_NODE_INDEX": "x", "CI_NODE_TOTAL": "y"}
    assert get_shard({**gitlab, "CIRCLECI": "true", "CIRCLE_NODE_INDEX": "0", "CIRCLE_NODE_TOTAL": "2"}) == "1/2"


@pytest.mark.parametrize(
    ("environ", "number"),
    [
        ({}, 1),
        ({"GITHUB_RUN_ATTEMPT": "1"}, 1),
        ({"GITHUB_RUN_ATTEMPT": "3"}, 3),
        ({"BITBUCKET_STEP_RUN_NUMBER": "2"}, 2),
        ({"SYSTEM_JOBATTEMPT": "4"}, 4),
        ({"GITHUB_RUN_ATTEMPT": "0"}, 1),
        ({"GITHUB_RUN_ATTEMPT": ""}, 1),
        ({"GITHUB_RUN_ATTEMPT": "-3"}, 1),
        ({"GITHUB_RUN_ATTEMPT": "two"}, 1),
        ({"GITHUB_RUN_ATTEMPT": "9" * 5000}, 999_999_999),
        ({"GITHUB_RUN_ATTEMPT": "x", "SYSTEM_JOBATTEMPT": "2"}, 2),
        ({"BUILDKITE_RETRY_COUNT": "0"}, 1),
        ({"BUILDKITE_RETRY_COUNT": "2"}, 3),
        ({"BUILDKITE_RETRY_COUNT": "x"}, 1),
    ],
    ids=range(14),
)
def test_the_tries_of_a_job_are_counted_from_1(environ: dict[str, str], number: int) -> None:
    """Nonsense is the first try."""
    assert get_attempt(environ) == number


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    tmp_path.joinpath(".git").mkdir()
    tmp_path.joinpath("services", "shop").mkdir(parents=True)
    return tmp_path


def test_files_are_shown_by_github_and_gitlab(repository: Path) -> None:
    """Also those of a package within the repository."""
    shop = repository / "services" / "shop"
    assert get_link_pattern(GITHUB, repository) == "https://github.com/acme/shop/blob/{commit}/{path}#L{line}"
    assert get_link_pattern(GITHUB, shop) == "https://github.com/acme/shop/blob/{commit}/services/shop/{path}#L{line}"
    assert get_link_pattern(GITLAB, repository) == "https://gitlab.com/acme/shop/-/blob/{commit}/{path}#L{line}"
    assert get_link_pattern(GITLAB, shop) == "https://gitlab.com/acme/shop/-/blob/{commit}/services/shop/{path}#L{line}"
    enterprise = GITHUB | {"GITHUB_SERVER_URL": "https://github.example.org"}
    assert get_link_pattern(enterprise, repository).startswith("https://github.example.org/acme/shop/blob/")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        GITHUB | {"GITHUB_ACTIONS": "false"},
        GITHUB | {"GITHUB_ACTIONS": ""},
        GITHUB | {"GITHUB_REPOSITORY": ""},
        GITHUB | {"GITHUB_REPOSITORY": "shop"},
        GITHUB | {"GITHUB_REPOSITORY": "acme/shop/x"},
        GITHUB | {"GITHUB_REPOSITORY": "acme/shop#x"},
        GITHUB | {"GITHUB_REPOSITORY": "acme/shop\n"},
        GITHUB | {"GITHUB_SERVER_URL": "javascript:alert(1)//"},
        GITHUB | {"GITHUB_SERVER_URL": ""},
        GITLAB | {"GITLAB_CI": ""},
        GITLAB | {"CI_PROJECT_URL": "ftp://gitlab.com/acme/shop"},
        GITLAB | {"CI_PROJECT_URL": ""},
    ],
    ids=range(13),
)
def test_where_the_service_says_nothing_there_is_no_link(repository: Path, environ: dict[str, str]) -> None:
    """Or nonsense, or another scheme."""
    assert get_link_pattern(environ, repository) == ""


def test_outside_of_a_repository_there_is_no_link(tmp_path: Path) -> None:
    """Nobody could say what to put before the path."""
    assert get_link_pattern(GITHUB, tmp_path) == ""


def test_the_repository_is_the_nearest_folder_with_git(repository: Path) -> None:
    """Where .git is a file (a worktree, a submodule), too."""
    shop = repository / "services" / "shop"
    assert find_repository_path(repository) == ""
    assert find_repository_path(shop) == "services/shop/"
    shop.joinpath(".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    assert find_repository_path(shop) == ""


def test_without_a_repository_there_is_no_place_in_it(tmp_path: Path) -> None:
    """No folder upward holds .git."""
    assert find_repository_path(tmp_path) is None


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "77", "GITHUB_RUN_ATTEMPT": "2"}, "77"),
        ({"GITLAB_CI": "true", "CI_PIPELINE_ID": "5", "CI_JOB_ID": "6"}, "5"),
        ({"CIRCLECI": "true", "CIRCLE_WORKFLOW_ID": "b", "CIRCLE_WORKFLOW_WORKSPACE_ID": "a"}, "a"),
        ({"CIRCLECI": "true", "CIRCLE_WORKFLOW_ID": "b"}, "b"),
        ({"BUILDKITE": "true", "BUILDKITE_BUILD_ID": "b", "BUILDKITE_RETRY_COUNT": "1"}, "b"),
        ({"TF_BUILD": "True", "BUILD_BUILDID": "9"}, "9"),
        ({"JENKINS_URL": "https://ci", "BUILD_TAG": "jenkins-shop-3"}, "jenkins-shop-3"),
        ({"BITBUCKET_BUILD_NUMBER": "3", "BITBUCKET_PIPELINE_UUID": "{u}"}, "{u}"),
        ({"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "77", "POSTMORTEM_RUN": " mine "}, "mine"),
        ({"POSTMORTEM_RUN": "x" * 300}, "x" * 200),
        ({"GITHUB_ACTIONS": "true"}, None),
        ({"CI_PIPELINE_ID": "5", "BUILD_TAG": "b", "POSTMORTEM_RUN": " "}, None),
        ({}, None),
    ],
)
def test_the_run_of_a_service_is_that_of_all_its_jobs(environ: dict[str, str], name: str | None) -> None:
    """Also of those that are tried again; outside of CI there is none."""
    assert get_run(environ) == name
