"""What a client sends and reads: addresses, questions, redirects, pages, tries, and what did not change."""

from __future__ import annotations

import gzip
import json
from dataclasses import FrozenInstanceError
from email.utils import formatdate

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Limits
from tests.sources.http.loopback import CANARY, Asked, Server, Slept, answer, client

EPOCH = 1_800_000_000
PATIENT = Limits(deadline_seconds=10_000)


def test_json_is_read() -> None:
    """Data, headers in lower case, the address, in gzip or not; keys of other languages too."""
    with (
        Server(
            answer({"title": "Überlauf", "n": [1, 2.5, None]}, ETag='"7"', Last_Modified="Mon"),
            answer(
                gzip.compress(b"\xef\xbb\xbf[true]"),
                content_encoding="gzip",
                content_type="application/vnd.x+json; v=1",
            ),
            answer([1], content_type=None, content_length=None),
        ) as server,
        client(server.origin + "/api/v3/") as asking,
    ):
        first = asking.get("/repos/acme/shop", {"labels": "a b&c", "page": 2})
        assert first.data == {"title": "Überlauf", "n": [1, 2.5, None]}
        assert first.url == f"{server.origin}/api/v3/repos/acme/shop?labels=a+b%26c&page=2"
        assert (first.etag, first.last_modified, first.content_type) == ('"7"', "Mon", "application/json")
        assert not first.not_modified
        assert asking.get("issues?a=1", [("b", "2"), ("b", 3)]).data == [True]
        assert asking.get().data == [1]
        assert [asked.target for asked in server.asked] == [
            "/api/v3/repos/acme/shop?labels=a+b%26c&page=2",
            "/api/v3/issues?a=1&b=2&b=3",
            "/api/v3/",
        ]
        sent = server.asked[0].headers
        assert (sent["authorization"], sent["user-agent"]) == (f"Bearer {CANARY}", "pytest-postmortem")
        assert "cookie" not in sent
        with pytest.raises(FrozenInstanceError):
            first.url = ""  # type: ignore[misc]


def test_an_answer_cannot_change_what_is_sent_next() -> None:
    """Cookies are not kept."""
    with Server(answer({}, set_cookie="session=1; Path=/")) as server, client(server.origin) as asking:
        asking.get("/a")
        asking.get("/b")
        assert not any("cookie" in asked.headers for asked in server.asked)


def test_a_question_is_sent_as_json() -> None:
    """A read by POST, with what is asked in its body."""
    with Server(answer({"issues": []})) as server, client(server.origin) as asking:
        assert asking.post("/search", {"jql": "ö"}, {"expand": "x"}, headers={"X-Version": "1"}).data == {"issues": []}
        (asked,) = server.asked
        assert (asked.method, asked.target, json.loads(asked.body)) == ("POST", "/search?expand=x", {"jql": "ö"})
        assert (asked.headers["content-type"], asked.headers["x-version"]) == ("application/json", "1")


def test_text_is_read_with_its_type() -> None:
    """For a feed in YAML: decoded elsewhere."""
    feed = answer("- id: PM-1\n", content_type="application/yaml; charset=utf-8")
    with Server(feed, answer(b"5\r\na: 1\n\r\n0\r\n\r\n", content_length=None, transfer_encoding="chunked")) as server:
        with client(server.origin) as asking:
            found = asking.get_text("/feed.yaml")
            assert (found.data, found.content_type) == ("- id: PM-1\n", "application/yaml")
            assert asking.get_text("/feed.yaml").data == "a: 1\n"
        assert server.asked[0].headers["accept-encoding"] == "identity"


def test_what_did_not_change_is_not_sent_again() -> None:
    """A conditional request, for JSON and for text."""
    with Server(answer(b"", "304 Not Modified", content_length=None)) as server, client(server.origin) as asking:
        found = asking.get("/x", etag='W/"7"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
        assert (found.not_modified, found.data) == (True, None)
        assert asking.get_text("/x", etag="7").not_modified
        assert server.asked[0].headers["if-none-match"] == 'W/"7"'
        assert server.asked[0].headers["if-modified-since"] == "Mon, 01 Jan 2024 00:00:00 GMT"
        assert "if-modified-since" not in server.asked[1].headers


@pytest.mark.parametrize("code", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_of_the_same_origin_are_followed(code: str) -> None:
    """With the token; the answer's address is the last one."""
    with Server(answer(b"", code, location="../y?a=1"), answer([1])) as server, client(server.origin) as asking:
        found = asking.get("/p/x")
        assert (found.data, found.url) == ([1], f"{server.origin}/y?a=1")
        assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {CANARY}"] * 2


def test_five_redirects_are_followed() -> None:
    """And a sixth is not: among the faults."""
    with Server(*[answer(b"", "302 Found", location="/x")] * 5, answer([1])) as server, client(server.origin) as asking:
        assert asking.get("/x").data == [1]


@pytest.mark.parametrize("code", ["307 Temporary", "308 Permanent"])
def test_a_question_is_asked_again_where_it_is_redirected_to(code: str) -> None:
    """With its body."""
    with Server(answer(b"", code, location="/y"), answer([1])) as server, client(server.origin) as asking:
        assert asking.post("/x", [7]).data == [1]
        assert [(asked.method, asked.target, asked.body) for asked in server.asked] == [
            ("POST", "/x", b"[7]"),
            ("POST", "/y", b"[7]"),
        ]


def broken(asked: Asked) -> None:
    asked.sock.close()


@pytest.mark.parametrize(
    ("failing", "waits"),
    [
        (answer(b"", "429 Too Many", retry_after="7"), [7.0]),
        (answer(b"", "429 Too Many", retry_after="0"), [1.0]),
        (answer(b"", "429 Too Many", retry_after=" 30 "), [30.0]),
        (answer(b"", "429 Too Many"), [1.0]),
        (answer(b"", "503 Unavailable", retry_after=formatdate(EPOCH + 12, usegmt=True)), [12.0]),
        (answer(b"", "503 Unavailable", retry_after=formatdate(EPOCH - 999, usegmt=True)), [1.0]),
        (answer(b"", "503 Unavailable", retry_after=formatdate(1012, usegmt=True), date=formatdate(1000, usegmt=True)), [12.0]),
        (answer(b"", "500 Oops"), [1.0]),
        (answer(b"", "502 Bad Gateway"), [1.0]),
        (answer(b"", "504 Timeout"), [1.0]),
        (answer(b"", "403 No", x_ratelimit_remaining="0", x_ratelimit_reset=str(EPOCH + 900)), [901.0]),
        (answer(b"", "429 No", x_ratelimit_remaining="0", x_ratelimit_reset=str(EPOCH - 5)), [1.0]),
        (answer(b"", "403 No", retry_after="5"), [5.0]),
        (broken, [1.0]),
        (answer(b"", content_length="5"), [1.0]),
    ],
)  # fmt: skip
def test_a_passing_fault_is_asked_again(failing: bytes, waits: list[float]) -> None:
    """After the time that the service asks for, by the service's clock; else after one second."""
    slept = Slept(EPOCH)
    with Server(failing, answer([1])) as server, client(server.origin, slept=slept, limits=PATIENT) as asking:
        assert asking.get("/x").data == [1]
        assert slept.waits == waits


def test_the_waits_double() -> None:
    """Four tries in all, in seven seconds."""
    slept = Slept()
    with Server(answer(b"", "502 Bad")) as server, client(server.origin, slept=slept, limits=PATIENT) as asking:
        with pytest.raises(SourceError):
            asking.get("/x")
        assert slept.waits == [1.0, 2.0, 4.0]


def test_a_wait_that_does_not_fit_is_not_begun() -> None:
    """The service's own fault is told, and when to come again."""
    slept = Slept(EPOCH)
    quota = answer(b"", "403 No", x_ratelimit_remaining="0", x_ratelimit_reset=str(EPOCH + 900))
    quota_told = r"too many requests \(403\); come again in 15 minutes \(at 08:15 UTC\)"
    with Server(quota, answer(b"", "502 Bad")) as server:
        for seconds, told in ((800, quota_told), (0.9, r"the service fails \(502\); try again later")):
            limits = Limits(deadline_seconds=seconds)
            with client(server.origin, slept=slept, limits=limits) as asking, pytest.raises(SourceError, match=told):
                asking.get("/x")
        assert slept.waits == []


@pytest.mark.parametrize("asked", ["31", formatdate(EPOCH + 31, usegmt=True)])
def test_a_wait_longer_than_half_a_minute_is_told_and_not_kept(asked: str) -> None:
    """There would be time; and to ask sooner than the service wants is of no use."""
    slept = Slept(EPOCH)
    refusing = answer(b"", "429 No", retry_after=asked)
    with Server(refusing) as server, client(server.origin, slept=slept, limits=PATIENT) as asking:
        with pytest.raises(SourceError, match=r"too many requests \(429\); come again in 31 seconds"):
            asking.get("/x")
        assert (slept.waits, len(server.asked)) == ([], 1)


def test_the_deadline_holds_over_all_requests() -> None:
    """Waits and pages count; what comes after is not asked."""
    slept = Slept()
    with Server(answer(b"", "429 No", retry_after="20"), answer([1])) as server:
        with client(server.origin, slept=slept, limits=Limits(deadline_seconds=30)) as asking:
            assert asking.get("/1").data == [1]
            slept.waits.append(20.0)
            with pytest.raises(SourceError, match="/2: what is asked for did not come whole within 30 seconds"):
                asking.get("/2")
        assert [asked.target for asked in server.asked] == ["/1", "/1"]


def test_all_answers_together_have_a_limit() -> None:
    """Counted after decoding, tries and pages included."""
    limits = Limits(deadline_seconds=9, answer_bytes=1024 * 1024, run_bytes=2 * 1024 * 1024)
    page = answer(gzip.compress(b"[" + b" " * 900_000 + b"]"), content_encoding="gzip")
    with Server(page) as server, client(server.origin, limits=limits) as asking:
        asking.get("/1")
        asking.get("/2")
        told = "/3: the answers of this source are together larger than 2 MiB; narrow what is asked for"
        with pytest.raises(SourceError, match=told):
            asking.get("/3")


def listed(asking: Client) -> list[object]:
    found: list[object] = []
    pages = asking.pages()
    answered = asking.get("/items", {"page": 1})
    while True:
        items = answered.data
        assert isinstance(items, list)
        found += items
        following = asking.find_next_page(answered)
        if not pages.advance(following, len(items)):
            return found
        assert following is not None
        answered = asking.get(following)


@pytest.mark.parametrize("count", [1, 2, 101])
def test_every_page_is_read(count: int) -> None:
    """Absolute and relative links, other relations beside."""

    def page(asked: Asked) -> None:
        number = int(asked.target.rpartition("=")[2])
        link = f'<{server.origin}/items?page=1>; rel="first"'
        if number < count:
            target = f"{server.origin}/items?page={number + 1}" if number % 2 else f"?page={number + 1}"
            link += f', <{target}>; title="a, b"; rel="last next"'
        asked.sock.sendall(answer([number], link=link))

    with Server(page) as server, client(server.origin) as asking:
        assert listed(asking) == list(range(1, count + 1))


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (answer(b"", "500 Oops"), "the service fails (500, 4 times); try again later"),
        (answer({"message": "x"}, "404 Not Found"), "not found (404): x; "),
        (answer('[1, "'), "the answer is no whole JSON (line 1, column 5); "),
        (answer([1], link='<https://elsewhere.test/items?page=3&key=1>; rel="next"'), "the next page is not on ORIGIN: https://elsewhere.test/items; nothing was sent there; mend `url`"),
        (answer([1], link='<http://127.0.0.1:1/items>; rel=next'), "the next page is not on ORIGIN: http://127.0.0.1:1/items; nothing was sent there; mend `url`"),
        (answer([1], link='<http://[/items>; rel=next'), "the link to the next page cannot be read; "),
        (answer([1], link='items?page=3; rel="next"'), "the link to the next page cannot be read; "),
        (answer([1], link='</items?page=2>; rel="next"'), "after 2 pages the next one is a page that was already read; "),
    ],
)  # fmt: skip
def test_a_page_that_fails_keeps_nothing(last: bytes, told: str) -> None:
    """The pages before it are not a result."""
    first = answer([0], link='</items?page=2>; rel="next"')
    with Server(first, last) as server, client(server.origin, limits=Limits(deadline_seconds=60)) as asking:
        with pytest.raises(SourceError) as raised:
            listed(asking)
        assert told.replace("ORIGIN", server.origin) in str(raised.value)
        assert {asked.target for asked in server.asked} == {"/items?page=1", "/items?page=2"}


def test_a_reference_in_a_body_is_followed_in_the_same_origin() -> None:
    """For feeds that name the next page in their JSON."""
    with Server(answer([])) as server, client(server.origin + "/api/") as asking:
        answered = asking.get("issues")
        assert asking.follow(answered, "?page=2") == f"{server.origin}/api/issues?page=2"
        assert asking.follow(answered, "/other") == f"{server.origin}/other"
        for reference in ("https://elsewhere.test/", "//elsewhere.test/", "http://[", "javascript:alert(1)"):
            with pytest.raises(SourceError, match="the next page "):
                asking.follow(answered, reference)


@pytest.mark.parametrize(
    "url",
    ["https://elsewhere.test/x", "//elsewhere.test/x", "http://127.0.0.1:1/x", "\\\\elsewhere.test", "file:///etc/passwd", "/a b", "/a\nHost: b", "/ä", "https:elsewhere.test"],
)  # fmt: skip
def test_nothing_else_is_asked(url: str) -> None:
    """Another origin, or an address that could be read in two ways: before anything is sent."""
    with Server(answer({})) as server, client(server.origin) as asking:
        with pytest.raises(SourceError):
            asking.get(url)
        assert server.connections == 0
