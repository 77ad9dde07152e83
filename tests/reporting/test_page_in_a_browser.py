"""The page in a real browser: search, filters, order, keyboard, print, without a script, and with 2,000 post-mortems."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.history import Guarding, History
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.state import Outcome, Policy
from pytest_postmortem.reporting.html import Html
from pytest_postmortem.reporting.interface import Finished
from tests.builders import META, item, postmortem, report, run, test

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LINK = "https://github.com/acme/shop/blob/{commit}/{path}#L{line}"


def absent(what: str) -> None:
    """Skip, or fail where a browser is demanded."""
    if os.environ.get("POSTMORTEM_REQUIRE_BROWSER"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium of its own; `pip install selenium` and `apt-get install chromium chromium-driver`."""
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        return absent("selenium is not installed")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        return absent("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}", "--window-size=1280,1000"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield started
    finally:
        started.quit()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open the page of a report; afterwards the console has to be empty, and nothing but the file was asked for."""
    path = tmp_path / "report.html"

    def opened(made: Report, fragment: str = "", **fields: Any) -> Any:
        told = Finished(made, decide(made, Policy.LINKED), META, "2026-06-15T08:04:12+00:00", 1, LINK, **fields)
        path.write_text(Html().render(told), encoding="utf-8")
        browser.get("about:blank")
        browser.get_log("performance")
        browser.get(path.as_uri() + fragment)
        return browser

    yield opened
    assert browser.get_log("browser") == []
    asked = [entry["message"] for entry in browser.get_log("performance") if "requestWillBeSent" in entry["message"]]
    assert asked
    assert all(path.as_uri() in message for message in asked)


TESTS = [(test("test_queue", "PM-1/AI-1"), Outcome.PASSED), (test("test_login", "PM-10"), Outcome.FAILED)]
MADE = report(
    [
        postmortem(
            *("PM-1", item(owner="mira", due_date=date(2026, 6, 1))),
            **{"title": "Queue overflow", "severity": "SEV2", "services": ("checkout", "cart"), "team": "Payments"},
        ),
        postmortem(
            "PM-10", item("AI-1", "no"), title="Login \uff2c\uff4f\uff4f\uff50", severity="SEV1", date=date(2026, 5, 1)
        ),
        postmortem("PM-2", item(), title="Slow search", services=("search",), team="Search", date=None),
        postmortem("PM-3", item("AI-1", "2026-12-01"), title="Expired", severity="SEV2", date=date(2026, 1, 2)),
    ],
    run(TESTS),
    register=[Incident("INC-9", "Down", date(2026, 5, 2), "SEV1", "docs/incidents.yaml", 3), Incident("INC-10")],
)
NEWEST = ["PM-10", "PM-1", "PM-3", "PM-2"]


def shown(browser: Any) -> list[str]:
    """The ids of the post-mortems that can be seen, in their order."""
    return browser.execute_script(
        "return [...document.querySelectorAll('#list > li')].filter((one) => one.checkVisibility())"
        ".map((one) => one.querySelector('h3 .id').textContent)"
    )


def find(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


def announced(browser: Any) -> str:
    return find(browser, "[role=status]").text


def settle(browser: Any) -> None:
    """Wait until what was typed has been worked on."""
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def search(browser: Any, words: str) -> None:
    field = find(browser, "#search")
    field.clear()
    field.send_keys(words)
    settle(browser)


def choose(browser: Any, selector: str, text: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(find(browser, selector)).select_by_visible_text(text)


def test_the_page_opens_newest_first(show: Callable[..., Any]) -> None:
    """Everything is shown, with its number, and the controls are there."""
    browser = show(MADE)
    assert shown(browser) == NEWEST
    assert announced(browser) == "4 post-mortems"
    assert find(browser, "#controls").is_displayed()
    assert find(browser, "svg.chart.wide").is_displayed()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("queue", ["PM-1"]),
        ("QUEUE Overflow", ["PM-1"]),
        ("tests/test_x.py::test_login", ["PM-10"]),
        ("login loop", ["PM-10"]),
        ("mira", ["PM-1"]),
        ("sev2", ["PM-1", "PM-3"]),
        ("vendor code", ["PM-3"]),
        ("pm-1", ["PM-10", "PM-1"]),
        ("no such words", []),
        ("   ", NEWEST),
    ],
)
def test_the_search_finds_all_words_in_any_case(show: Callable[..., Any], words: str, found: list[str]) -> None:
    """In ids, titles, owners, tests and reasons; what is found is announced."""
    browser = show(MADE)
    search(browser, words)
    assert shown(browser) == found
    assert announced(browser) == (f"{len(found)} of 4 post-mortems shown" if words.strip() else "4 post-mortems")
    assert find(browser, "#nothing").is_displayed() == (not found)


@pytest.mark.parametrize(
    ("name", "choice", "found"),
    [
        ("state", "failing (1)", ["PM-10"]),
        ("state", "guarded (1)", ["PM-1"]),
        ("state", "unguarded (2)", ["PM-3", "PM-2"]),
        ("state", "waived", ["PM-3"]),
        ("state", "missing", ["PM-2"]),
        ("severity", "SEV2", ["PM-1", "PM-3"]),
        ("severity", "none given", ["PM-2"]),
        ("services", "cart", ["PM-1"]),
        ("services", "none given", ["PM-10", "PM-3"]),
        ("team", "Search", ["PM-2"]),
        ("team", "none given", ["PM-10", "PM-3"]),
    ],
)
def test_each_filter_shows_what_it_says(show: Callable[..., Any], name: str, choice: str, found: list[str]) -> None:
    """And its button takes it away again."""
    browser = show(MADE)
    choose(browser, f"[data-filter={name}]", choice)
    assert shown(browser) == found
    assert announced(browser) == f"{len(found)} of 4 post-mortems shown"
    find(browser, "#clear").click()
    assert shown(browser) == NEWEST
    assert announced(browser) == "4 post-mortems"


def test_filters_and_search_add_up(show: Callable[..., Any]) -> None:
    """Only what fits all of them is shown."""
    browser = show(MADE)
    choose(browser, "[data-filter=severity]", "SEV2")
    search(browser, "expired")
    assert shown(browser) == ["PM-3"]
    choose(browser, "[data-filter=team]", "Payments")
    assert shown(browser) == []


HISTORY = History(
    (
        Guarding("PM-1", date(2026, 2, 11), date(2026, 2, 14), "c" * 40, "tests/test_x.py", 1),
        Guarding("PM-10", date(2026, 5, 1), date(2026, 5, 21), "c" * 40, "tests/test_x.py", 1),
    )
)


@pytest.mark.parametrize(
    ("choice", "order"),
    [
        ("newest first", NEWEST),
        ("oldest first", ["PM-3", "PM-1", "PM-10", "PM-2"]),
        ("id", ["PM-1", "PM-2", "PM-3", "PM-10"]),
        ("severity", ["PM-10", "PM-1", "PM-3", "PM-2"]),
        ("worst state first", ["PM-10", "PM-3", "PM-2", "PM-1"]),
        ("longest unguarded first", ["PM-10", "PM-1", "PM-2", "PM-3"]),
    ],
)
def test_the_order_can_be_chosen(show: Callable[..., Any], choice: str, order: list[str]) -> None:
    """What has no date or severity comes last."""
    browser = show(MADE, history=HISTORY)
    choose(browser, "#sort", choice)
    assert shown(browser) == order


def press(browser: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def test_the_keyboard_is_enough(show: Callable[..., Any]) -> None:
    """Skip link, search by `/`, Escape, filter, buttons, opening an entry; what has the focus can be seen."""
    from selenium.webdriver.common.keys import Keys

    def focused() -> Any:
        return browser.switch_to.active_element

    browser = show(MADE)
    press(browser, Keys.TAB)
    assert focused().text == "Skip to the post-mortems"
    assert focused().rect["y"] >= 0
    press(browser, Keys.ENTER, Keys.TAB)
    assert focused().get_attribute("id") == "search"
    assert browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    press(browser, *"slow/")
    settle(browser)
    assert focused().get_attribute("value") == "slow/"
    press(browser, Keys.BACKSPACE)
    settle(browser)
    assert shown(browser) == ["PM-2"]
    press(browser, Keys.ESCAPE)
    settle(browser)
    assert shown(browser) == NEWEST
    press(browser, Keys.TAB, "f")
    assert shown(browser) == ["PM-10"]
    for _ in range(20):
        press(browser, Keys.TAB)
        if focused().tag_name == "summary":
            break
    press(browser, Keys.ENTER)
    assert find(browser, "#pm-PM-10").get_attribute("open")
    press(browser, "/")
    assert focused().get_attribute("id") == "search"
    assert focused().get_attribute("value") == ""


def test_all_entries_open_and_close(show: Callable[..., Any]) -> None:
    """Those that are shown."""
    browser = show(MADE)
    choose(browser, "[data-filter=severity]", "SEV2")
    find(browser, "#open").click()
    find(browser, "#clear").click()
    opened = "return [...document.querySelectorAll('#list details[open]')].map((one) => one.id)"
    assert browser.execute_script(opened) == ["pm-PM-1", "pm-PM-3"]
    find(browser, "#close").click()
    assert browser.execute_script(opened) == []


def test_a_link_to_a_post_mortem_opens_it(show: Callable[..., Any]) -> None:
    """From outside, and from a violation although a filter hides it."""
    browser = show(MADE, "#pm-PM-3")
    assert find(browser, "#pm-PM-3").get_attribute("open")
    search(browser, "queue")
    find(browser, "#attention a.id[href='#pm-PM-2']").click()
    settle(browser)
    assert find(browser, "#pm-PM-2").get_attribute("open")
    assert shown(browser) == NEWEST


def test_light_and_dark_follow_the_reader(show: Callable[..., Any]) -> None:
    """Text and page change places."""
    browser = show(MADE)
    found = {}
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        found[scheme] = sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert found["light"] > 600
    assert found["dark"] < 150


def test_nothing_sticks_out_on_a_phone(show: Callable[..., Any]) -> None:
    """At 360 pixels, with every entry open and a long word in it."""
    late = item(text="x" * 400, owner="y" * 200, due_date=date(2026, 6, 1))
    long = postmortem("PM-4", late, title="z" * 300, services=("s" * 200,))
    register = [Incident("i" * 200, "t" * 300, None, "s" * 60, f"docs/{'o' * 200}.yaml", 3)]
    browser = show(report([*(one.postmortem for one in MADE.postmortems), long], run(TESTS), register=register))
    size = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    find(browser, "#open").click()
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    chart = find(browser, "svg.chart.narrow").is_displayed()
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert wide <= 360
    assert chart


def test_on_paper_everything_is_open(show: Callable[..., Any]) -> None:
    """And the controls are gone; afterwards the entries are closed again."""
    browser = show(MADE)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    closed = browser.execute_script("return document.querySelectorAll('details:not([open])').length")
    controls = find(browser, "#controls").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert closed == 0
    assert not controls
    assert browser.execute_script("return document.querySelectorAll('details[open]').length") == 0


def test_without_a_script_everything_can_be_read(show: Callable[..., Any]) -> None:
    """The controls, which would do nothing, are not shown; entries open by themselves."""
    from selenium.webdriver.common.keys import Keys

    browser = show(MADE)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.refresh()
        assert not find(browser, "#controls").is_displayed()
        assert announced(browser) == "4 post-mortems"
        entries = browser.find_elements("css selector", "#list > li > details")
        assert len(entries) == 4
        for entry in entries:
            entry.find_element("css selector", "summary").send_keys(Keys.ENTER)
        words = find(browser, "#list").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    for told in (
        "tests/test_x.py::test_queue",
        "owner mira",
        "vendor code",
        "docs/PM-2.md:1",
        "no test is linked to it",
    ):
        assert told in words


def test_two_thousand_post_mortems_do_not_freeze_the_page(show: Callable[..., Any]) -> None:
    """A search through 2,000 post-mortems with 20,000 tests and a new order, each well under a second."""
    many = [
        postmortem(f"PM-{n}", item(), title=f"Title {n}", date=date(2020, 1, 1) + timedelta(days=n))
        for n in range(2_000)
    ]
    tests = [
        (test(f"test_{part}", f"PM-{n}/AI-1", path=f"tests/test_{n}.py"), Outcome.PASSED)
        for n in range(2_000)
        for part in range(10)
    ]
    browser = show(report(many, run(tests)))
    took = browser.execute_async_script(
        """
        const done = arguments[0];
        const search = document.querySelector("#search"), sort = document.querySelector("#sort");
        const begun = performance.now();
        search.value = "test_1999.py";
        search.dispatchEvent(new Event("input"));
        requestAnimationFrame(() => requestAnimationFrame(() => {
          const searched = performance.now();
          sort.value = "id";
          sort.dispatchEvent(new Event("change"));
          requestAnimationFrame(() => done([searched - begun, performance.now() - searched]));
        }));
        """
    )
    print(f"\nsearch {took[0]:.0f} ms, order {took[1]:.0f} ms")
    assert shown(browser) == ["PM-1999"]
    assert announced(browser) == "1 of 2000 post-mortems shown"
    assert max(took) < 2_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(show: Callable[..., Any], scheme: str) -> None:
    """Contrast, names, landmarks, order: with everything expanded, in light and dark mode."""
    try:
        import selenium_axe_python
    except ImportError:
        absent("selenium-axe-python, which brings axe-core, is not installed")
    axe = next(Path(selenium_axe_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
    page = show(MADE)
    feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    background = page.execute_script("return getComputedStyle(document.body).backgroundColor")
    page.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.execute_script(axe)
    found = page.execute_async_script(
        "const done = arguments[0];"
        "axe.run().then((told) => done(told.violations.map((one) => [one.id, one.impact, one.nodes[0].html])));"
    )
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert found == []
    brightness = sum(map(int, background.removeprefix("rgb(").rstrip(")").split(",")))
    assert (brightness < 200) == (scheme == "dark")
