"""Addresses, tokens, waits, proxies, links and pages by themselves."""

from __future__ import annotations

import copy
import html
import json
import pickle
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Credentials, Pages
from pytest_postmortem.sources.http.addresses import Origin, parse_origin, redact_url, sanitize
from pytest_postmortem.sources.http.answers import decode_json
from pytest_postmortem.sources.http.credentials import Secret
from pytest_postmortem.sources.http.pages import find_next_link
from pytest_postmortem.sources.http.proxies import certificates, proxy_for
from pytest_postmortem.sources.http.retry import format_wait
from tests.sources.http.loopback import CANARY, USER, Slept, forms


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://API.github.com/repos?x=1#y", "https://api.github.com"),
        ("https://a.test:443/", "https://a.test"),
        ("https://a.test:8443", "https://a.test:8443"),
        ("HTTPS://xn--bcher-kva.test", "https://xn--bcher-kva.test"),
        ("https://[2001:db8::1]:8/x", "https://[2001:db8::1]:8"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]/", "http://[::1]"),
    ],
)
def test_an_address_has_an_origin(url: str, origin: str) -> None:
    """Scheme, host and port, the scheme's own port left out."""
    assert str(parse_origin(url)) == origin


@pytest.mark.parametrize(
    ("url", "told_of_it"),
    [
        ("http://a.test/x?key=1", "http://a.test/x: http sends everything in the clear; write https://"),
        ("http://localhost.a.test", "http://localhost.a.test: http sends everything in the clear; write https://"),
        ("http://127.0.0.1.nip.test", "http://127.0.0.1.nip.test: http sends everything in the clear; write https://"),
        ("http://169.254.169.254/latest", "http://169.254.169.254/latest: http sends everything in the clear; write https://"),
        ("https://jo:secret@a.test/x", "https://a.test/x: the address holds a name or a password; take it out: a token comes from the variable that `token-env` names"),
        ("https://a.test@b.test", "https://b.test: the address holds a name or a password; take it out: a token comes from the variable that `token-env` names"),
        *((url, f"{url}: this is no address to fetch from; write it as https://HOST/PATH") for url in ("ftp://a.test", "a.test", "https:a.test", "https://", "https:///x", "https://-a.test", "https://a.test-", "https://a..", "https://a.test:0", "https://a.test:99999", "https://a.test:x", "https://[::1", "https://[::g]", "https://a[::1]", "https://a.test:-1", "")[:-1]),
        *((url, f"{url}: the address holds a character that no URL has; percent-encode it; an international host is written xn--") for url in ("https://bücher.test", "https://a.test/a b", "https://a.test\\b.test", "https://a.test/<x>", "https://a.test/`id`")),
        ("https://a.test/\n\x1b[31m", "https://a.test/ [31m: the address holds a character that no URL has; percent-encode it; an international host is written xn--"),
    ],
)  # fmt: skip
def test_an_address_that_no_request_goes_to(url: str, told_of_it: str) -> None:
    """Told with the address as it may be shown."""
    with pytest.raises(SourceError) as raised:
        parse_origin(url)
    assert str(raised.value) == told_of_it


def test_a_host_is_named_with_its_port() -> None:
    """Its own port may be left out, another must not; no part of a name is enough."""
    standard, other = Origin("https", "git.a.test", 443), Origin("https", "git.a.test", 8443)
    assert standard.is_among(["x", "git.a.test"])
    assert standard.is_among([" GIT.a.test:443 "])
    assert not standard.is_among(["a.test", "*.a.test", ".a.test", "git.a.test.", "git.a.test:8443", ""])
    assert other.is_among(["git.a.test:8443"])
    assert not other.is_among(["git.a.test", "git.a.test:443"])
    assert Origin("http", "::1", 80).is_among(["[::1]"])


def test_an_address_is_shown_without_secrets_and_on_one_line() -> None:
    """Whatever it is."""
    assert redact_url("https://a:b@c.test/d?token=e#f") == "https://c.test/d"
    assert redact_url("https://a:b\\@c@d.test#f?x") == "https://d.test"
    assert redact_url("https://a.test/" + "x" * 300) == "https://a.test/" + "x" * 184 + "…"
    assert sanitize("a\r\n\tb \u2028\u202ec\x9b", 20) == "a b c"
    assert sanitize("x" * 30, 5) == "xxxx…"


def refused_token(make: object, *given: str) -> str:
    with pytest.raises(SourceError) as raised:
        make(*given)  # type: ignore[operator]
    assert not [form for form in forms() if form in repr(raised.value)]
    return str(raised.value)


def test_a_token_that_cannot_be_sent_is_told_by_its_variable() -> None:
    """Before anything is sent, and without it."""
    empty = "TOKEN: the variable is set and empty; set it to a token, or unset it; a pull request from a fork gets no secrets"
    assert refused_token(Credentials.bearer, " \n", "TOKEN") == empty
    no_header = "TOKEN: the token holds a blank or a character that no header can carry; copy it once more"
    for token in (f"{CANARY}\r\nx: y", f"{CANARY} b", f"{CANARY}ä", f"{CANARY}\x00"):
        for make in (Credentials.bearer, lambda *given: Credentials.basic("jo", *given)):
            assert refused_token(make, token, "TOKEN") == no_header
    assert "a user's name with a colon" in refused_token(Credentials.basic, "a:b", CANARY, "TOKEN")


def test_a_token_is_put_into_its_header() -> None:
    """Blanks around it left out."""
    assert Credentials.bearer(f" {CANARY}\n", "T").value() == f"Bearer {CANARY}"
    assert Credentials.bearer(CANARY, "T", scheme="Token").value() == f"Token {CANARY}"
    assert Credentials.basic("jö", "pw", "T").value() == "Basic asO2OnB3"
    custom = Credentials.custom("PRIVATE-TOKEN", CANARY, "T")
    assert (custom.header, custom.value()) == ("PRIVATE-TOKEN", CANARY)


def test_a_secret_is_shown_as_three_stars() -> None:
    """By itself, in what holds it, and in no file."""
    secret = Secret(CANARY)
    assert [str(secret), repr(secret), f"{secret}", f"{secret!r}"] == ["***"] * 4
    made = Credentials.basic(USER, CANARY, "T")
    assert repr(made) == f"Credentials(secret=***, variable='T', user='{USER}', header='Authorization', scheme='Basic')"
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="a secret is not written to a file"):
            copied(made if copied is not copy.copy else secret)  # type: ignore[operator]


def test_every_form_of_a_token_is_masked() -> None:
    """Plain, in base64, percent-encoded, escaped in JSON; in text and in bytes."""
    made = Credentials.basic(USER, CANARY, "T")
    for form in [*forms(), CANARY.replace("/", "\\/")]:
        assert made.mask(f"a {form} b") == made.mask_bytes(f"a {form} b".encode()).decode()
        assert made.mask(f"a {form} b").rstrip("=") in ("a *** b", "a ***= b", "a ***== b")
    assert Credentials.bearer("abc", "T").mask("abc") == "abc", "too short to tell from other words"


@pytest.mark.parametrize(
    ("own", "allowed"),
    [((), ()), (("api.github.com",), ()), (("github.test",), ("a.test",)), ((), ("git.a.test:8443",))],
)
def test_a_token_goes_to_no_host_unasked(own: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    """With the words to type."""
    clock = Slept().clock
    with pytest.raises(SourceError) as raised:
        Client("https://git.a.test/x", clock=clock, environ={}, credentials=Credentials.bearer(CANARY, "T"), own_hosts=own, allowed_hosts=allowed)  # fmt: skip
    assert str(raised.value) == (
        "https://git.a.test/x: the token in T does not go to git.a.test unasked; --allow-host git.a.test, or "
        "POSTMORTEM_ALLOW_HOSTS=git.a.test in the environment; no file can allow it"
    )
    Client("https://git.a.test/x", clock=clock, environ={})
    for given in ({"own_hosts": ("git.a.test",)}, {"allowed_hosts": ("git.a.test",)}):
        Client("https://git.a.test/x", clock=clock, environ={}, credentials=Credentials.bearer(CANARY, "T"), **given)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "in 1 second"),
        (40.4, "in 40 seconds"),
        (900, "in 15 minutes (at 08:15 UTC)"),
        (3 * 3600, "in 3 hours (at 11:00 UTC)"),
        (3 * 86400, "in 3 days"),
        (1e12, "in years"),
    ],
)
def test_when_to_come_again(seconds: float, words: str) -> None:
    """In words."""
    assert format_wait(seconds, 1_800_000_000) == words


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p.test:3128"}, "http://p.test:3128"),
        ({"https_proxy": "p.test:3128", "HTTPS_PROXY": "http://q.test"}, "http://p.test:3128"),
        ({"ALL_PROXY": "http://p.test"}, "http://p.test"),
        ({"http_proxy": "http://p.test"}, None),
        ({"HTTPS_PROXY": " "}, None),
        *(({"HTTPS_PROXY": "http://p.test", "NO_PROXY": no}, None) for no in ("*", "a.test", ".a.test", "*.a.test", "x, GIT.A.TEST ,y", "git.a.test:443")),
        *(({"HTTPS_PROXY": "http://p.test", "no_proxy": no}, "http://p.test") for no in ("", "b.test", "t.a.test", "git.a.test:444", "10.0.0.0/8", ",", "/")),
    ],
)  # fmt: skip
def test_the_proxy_is_the_environment_s(environ: dict[str, str], proxy: str | None) -> None:
    """Names in small letters first; hosts, domains and ports exempted."""
    assert proxy_for(parse_origin("https://git.a.test/x"), environ) == proxy


def test_what_goes_to_this_machine_meets_no_proxy() -> None:
    """In the clear; and networks can be exempted."""
    assert (
        proxy_for(parse_origin("http://127.0.0.1/x"), {"http_proxy": "http://p.test", "ALL_PROXY": "http://p.test"})
        is None
    )
    environ = {"HTTPS_PROXY": "http://p.test", "NO_PROXY": "10.0.0.0/8"}
    assert proxy_for(parse_origin("https://10.1.2.3/x"), environ) is None
    assert proxy_for(parse_origin("https://11.1.2.3/x"), environ) == "http://p.test"
    assert certificates({}) is True
    assert certificates({"CURL_CA_BUNDLE": "b", "REQUESTS_CA_BUNDLE": "a"}) == "a"
    assert certificates({"CURL_CA_BUNDLE": "b"}) == "b"


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ("", None),
        ('<https://a.test/?page=1>; rel="prev"', None),
        ('<?page=3>; rel="next"', "https://a.test/list?page=3"),
        ("</l?a=1,2;3>;rel=next", "https://a.test/l?a=1,2;3"),
        ("<x>; title='rel'; REL = 'Next'", "https://a.test/x"),
        ('<a>; rel="nextish", <b>; rel="prev next"', "https://a.test/b"),
    ],
)
def test_the_link_to_the_next_page(header: str, url: str | None) -> None:
    """Among others, in every way that RFC 8288 lets it be written."""
    assert find_next_link("https://a.test/list?page=2", header, "o") == url


def test_pages_end_where_nothing_follows() -> None:
    """Without a cursor, or with a second empty page in a row; an empty one between others is passed over."""
    pages = Pages("o", 10)
    assert [pages.advance(cursor, items) for cursor, items in (("a", 2), ("b", 0), ("c", 1), (None, 3))] == [
        True,
        True,
        True,
        False,
    ]
    assert pages.items == 6
    pages.check_total(6)
    pages.check_total(None)
    with pytest.raises(SourceError, match="o: 6 came of 7 that there are; nothing was kept: fetch again"):
        pages.check_total(7)
    assert not Pages("o", 10).advance("", 5)
    always = Pages("o", 10)
    assert [always.advance(cursor, items) for cursor, items in (("a", 5), ("b", 0), ("c", 0))] == [True, True, False]
    assert [always.advance(cursor, items) for cursor, items in (("d", 1), ("d", 0))] == [True, False]


def test_pages_that_do_not_end_are_a_fault() -> None:
    """A page that was read, and one too many."""
    repeated = Pages("o", 10, first=1)
    assert repeated.advance(2, 5)
    with pytest.raises(
        SourceError, match="o: after 2 pages the next one is a page that was already read; nothing was kept"
    ):
        repeated.advance(1, 5)
    many = Pages("o", 3)
    assert [many.advance(number, 1) for number in (1, 2)] == [True, True]
    with pytest.raises(SourceError, match="o: there are more than 3 pages; narrow what is asked for"):
        many.advance(3, 1)
    exactly = Pages("o", 3)
    assert [exactly.advance(following, 1) for following in (1, 2, None)] == [True, True, False]


def test_json_at_the_edge_of_what_is_taken() -> None:
    """A depth of 100, 40 digits, a number in a fraction."""
    deep = b"[" * 100 + b"]" * 100
    assert decode_json({}, deep)[1] == ""
    assert decode_json({}, b"[" + deep + b"]")[1] == "the answer is nested too deeply"
    assert decode_json({}, b"9" * 40) == (int("9" * 40), "")
    assert decode_json({}, b"[-0.5e3, true, null]") == ([-500.0, True, None], "")
    long = b'{"' + b"k" * 60 + b'": 1, "' + b"k" * 60 + b'": 2}'
    assert decode_json({"content-type": "application/problem+json"}, long)[1] == "the answer holds a key twice"


@pytest.mark.parametrize(
    "token", ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", "canary-7f3a/9+Zq=bcd~x", "s3cr3t&<'\">"]
)
def test_a_token_in_another_form_is_masked(token: str) -> None:
    """As services echo it: quoted, escaped, in hex of either case, in groups, in base64 alone or within a longer text."""
    raw = token.encode()
    made = Credentials.bearer(token, "T")
    pairs = [b64encode(b"x" * number + raw + b"!").decode() for number in range(6)]
    forms = [
        token,
        quote(token, safe=""),
        "".join(f"%{byte:02x}" for byte in raw),
        "".join(f"%25{byte:02X}" for byte in raw),
        raw.hex(),
        raw.hex().upper(),
        raw.hex(" "),
        raw.hex("-"),
        raw.hex(":"),
        "".join(f"\\x{byte:02x}" for byte in raw),
        " ".join(token),
        "-".join(token),
        json.dumps(token),
        "".join(f"\\u{byte:04X}" for byte in raw),
        "".join(f"&#{byte};" for byte in raw),
        html.escape(token),
        *(
            form
            for pair in (b64encode(raw).decode(), urlsafe_b64encode(raw).decode())
            for form in (pair, pair.rstrip("="))
        ),
    ]
    for form in forms:
        text = made.mask(f"refused: {form}.")
        assert "***" in text, form
        assert len(text) < len("refused: ") + 9, (form, text)
    for form in pairs:
        assert len(made.mask(form)) < 24, form
    assert made.mask("another text of the same length, 12345") == "another text of the same length, 12345"
