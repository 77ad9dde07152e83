"""The garbage collector is paused while documents are read and a run is judged; what the user has set holds before and after."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from pytest_postmortem.gc_pause import gc_paused


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    enabled = gc.isenabled()
    yield
    (gc.enable if enabled else gc.disable)()


@pytest.mark.parametrize("enabled", [True, False])
def test_what_was_set_holds_again(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    with gc_paused():
        assert not gc.isenabled()
    assert gc.isenabled() is enabled

    @gc_paused()
    def fails() -> None:
        assert not gc.isenabled()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert gc.isenabled() is enabled


@pytest.mark.parametrize("enabled", [True, False])
def test_a_run(project: pytest.Pytester, enabled: bool) -> None:
    """Hooks and tests of the user see what the user has set."""
    project.makeconftest(
        f"""
        import gc
        from pytest_postmortem.reading.postmortem import Reader

        gc.{"enable" if enabled else "disable"}()
        seen = {{}}
        read = Reader.read

        def watched(self, document):
            seen["reading"] = gc.isenabled()
            return read(self, document)

        Reader.read = watched

        def pytest_sessionstart(): seen["start"] = gc.isenabled()
        def pytest_collection_modifyitems(): seen["collected"] = gc.isenabled()
        def pytest_runtest_call(): seen["test"] = gc.isenabled()
        def pytest_postmortem_finished(): seen["finished"] = gc.isenabled()
        def pytest_unconfigure():
            Reader.read = read
            seen["end"] = gc.isenabled()
            print("seen:", *[name for name, told in seen.items() if told], "; not:", *[n for n in seen if not seen[n]])
        """
    )
    result = project.runpytest_inprocess("-s", "-p", "no:xdist", "--incident-report")
    names = "start collected test finished end"
    told = f"seen: {names} ; not: reading" if enabled else f"seen: ; not: reading {names}"
    result.stdout.fnmatch_lines([told])
