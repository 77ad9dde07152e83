"""Which commits mended an incident: what is named first wins, and what is named is found."""

from __future__ import annotations

import pytest

from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.git import Git
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.proving.fix import Fix, Fixes
from tests.builders import postmortem
from tests.proving.shop import Shop


def found(shop: Shop, *given: str, guess: bool = False, **fields: object) -> Fix:
    """The fix of PM-1, whose document says `fields`."""
    git = Git(shop.path, shop.environ)
    asked: Postmortem = postmortem("PM-1", **fields)
    return Fixes(git, git.resolve("HEAD"), given, guess=guess).find(asked)


def commits(shop: Shop, *messages: str) -> list[str]:
    """A commit with each of these messages."""
    return [shop.change({"file": message}, message) for message in messages]


def test_order_of_places(shop: Shop) -> None:
    """The command line goes before the document, the document before trailers, and trailers before subjects."""
    one, two, three, four = commits(shop, "one", "two", "three\n\nIncident: PM-1", "PM-1: four")
    assert found(shop, one, guess=True, fixes=(two,)) == Fix(found(shop, one).changes, "--fix")
    assert (found(shop, guess=True, fixes=(two,)).names, found(shop, fixes=(two,)).how) == ((two,), "front matter")
    assert (found(shop, guess=True).names, found(shop).how) == ((three,), "trailer")
    shop.git("commit", "--amend", "-q", "-m", "x")
    shop.git("reset", "-q", "--hard", two)
    (four,) = commits(shop, "PM-1: four")
    assert (found(shop, guess=True).names, found(shop, guess=True).how) == ((four,), "subject")
    with pytest.raises(PostmortemError, match="no fix of PM-1 is known"):
        found(shop)


@pytest.mark.parametrize(
    "trailer",
    [
        "Incident: PM-1",
        "incident: PM-1",
        "Incident: PM-7, PM-1",
        "Signed-off-by: T <t@example.org>\nIncident: PM-1",
        "Incident: PM-7\nIncident: PM-1",
    ],
)
def test_trailers(shop: Shop, trailer: str) -> None:
    """A trailer counts whatever its case and beside others, and may hold several ids."""
    commits(shop, "before")
    (one,) = commits(shop, f"Bound the queue\n\nMore of it.\n\n{trailer}")
    assert found(shop).names == (one,)


@pytest.mark.parametrize(
    "message",
    ["x\n\nIncident: PM-12", "x\n\nIncident: PM-1\n\nNot at the end.", "x\n\nThe Incident: PM-1", "Incident: PM-1"],
)
def test_no_trailers(shop: Shop, message: str) -> None:
    """Another id, a line in the middle of the message or within another, and a subject are none."""
    commits(shop, "before", message)
    with pytest.raises(PostmortemError, match="no fix of PM-1 is known"):
        found(shop)


@pytest.mark.parametrize("subject", ["PM-12: x", "XPM-1: x", "PM-1a"])
def test_no_subject(shop: Shop, subject: str) -> None:
    """An id within a longer word is none of ours."""
    commits(shop, subject)
    with pytest.raises(PostmortemError, match="no fix of PM-1 is known"):
        found(shop, guess=True)


@pytest.mark.parametrize(
    "text",
    [
        "#12",
        "!12",
        "https://example.org/o/r/pull/12",
        "https://example.org/o/r/pull/12/files",
        "https://example.org/g/p/-/merge_requests/12",
    ],
)
@pytest.mark.parametrize(
    "message",
    [
        "Merge pull request #12 from o/fix\n\nBound",
        "Bound the queue (#12)",
        "Merge branch 'fix'\n\nSee merge request g/p!12",
    ],
)
def test_pull_requests(shop: Shop, text: str, message: str) -> None:
    """A pull or merge request by its number or page, merged or squashed; not one whose number begins so."""
    first, _, _ = commits(shop, message, "More (#123)", "Merge pull request #120 from o/more")
    assert found(shop, text).names == (first,)


def test_ranges(shop: Shop) -> None:
    """A range is one change from its first commit to its last, and to HEAD where its end is left out."""
    one, two, three = commits(shop, "one", "two", "three")
    for text, last in ((f"{one}..{two}", two), (f"{one[:8]}...{two[:8]}", two), (f"{one}..", three)):
        fix = found(shop, text)
        assert [(change.base, change.tip) for change in fix.changes] == [(one, last)]
        assert fix.names == (f"{one}..{last}",)


def test_newest_first(shop: Shop) -> None:
    """Several changes are taken out newest first, whatever their order, each once; they are told oldest first."""
    one, two, three = commits(shop, "one", "two", "three")
    fix = found(shop, two, three, one, two)
    assert [change.tip for change in fix.changes] == [three, two, one]
    assert fix.names == (one, two, three)


def test_merge_with_its_commits(shop: Shop) -> None:
    """A merge brings what its branch holds: the commits of the branch are not taken out twice."""
    commits(shop, "root")
    shop.git("checkout", "-q", "-b", "fix")
    (inner,) = commits(shop, "Bound\n\nIncident: PM-1")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "-m", "Merge\n\nIncident: PM-1", "fix")
    merge = shop.git("rev-parse", "HEAD")
    assert found(shop).names == (merge,)
    assert found(shop, inner).names == (inner,)


def test_first_commit(shop: Shop) -> None:
    """The first commit of all is the change from nothing."""
    (one,) = commits(shop, "one")
    (change,) = found(shop, one).changes
    assert change.base == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def test_former_names(shop: Shop) -> None:
    """A trailer that holds another name of the post-mortem counts, too."""
    (one,) = commits(shop, "x\n\nIncident: INC-7")
    assert found(shop, aliases=("INC-7",)).names == (one,)
