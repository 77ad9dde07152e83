"""Faults of a service or a network, and what is told of each after the address."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

from pytest_postmortem.sources.http import Client, Limits
from tests.sources.http.loopback import Asked, Script, answer
from tests.waiting import PATIENCE

LATER = "try again later"
NOTHING = "nothing was kept: try again, or report it to the service"
PAGE = "see that `url` is the API's address, and that no login page or proxy stands before it"
ADDRESS = "see that `url` is the API's address"
REPORT = "report it to the service"
LESS = "narrow what is asked for"
RUNS = "see that the service runs and the network lets you through"
WRONG = "the token in TRACKER_TOKEN is wrong or has run out: make a new one"
RIGHT = "give the token in TRACKER_TOKEN the right to read this"
PRIVATE = (
    "mend the address; what is private is not found with the wrong token, either: look at the token in TRACKER_TOKEN"
)
SHORT = Limits(deadline_seconds=0.6)
SMALL = Limits(deadline_seconds=PATIENCE, answer_bytes=1000, run_bytes=1500)
EPOCH = 1_800_000_000
SLOW = "what is asked for did not come whole within 0.6 seconds; try again later, or ask for less"


@dataclass(frozen=True)
class Case:
    """What the service does, and what is told of it after the address."""

    name: str
    scripts: Script | tuple[Script, ...]
    told: str
    limits: Limits = field(default=Limits(deadline_seconds=PATIENCE))
    requests: int = 1
    ask: Callable[[Client], object] = lambda asking: asking.get("/x")


def text(asking: Client) -> object:
    return asking.get_text("/x")


def question(asking: Client) -> object:
    return asking.post("/x", {"jql": "type = Incident"})


def close_at_once(asked: Asked) -> None:
    asked.sock.close()


def silence(asked: Asked) -> None:
    asked.over.wait()


def slow_status(asked: Asked) -> None:
    asked.drip(answer({}))


def slow_headers(asked: Asked) -> None:
    asked.sock.sendall(b"HTTP/1.1 200 OK\r\n")
    asked.drip(b"x-header: " + b"a" * 500)


def endless_headers(asked: Asked) -> None:
    asked.sock.sendall(b"HTTP/1.1 200 OK\r\n")
    asked.drip(b"x: " + b"a" * 500)


def continues(asked: Asked) -> None:
    for _ in range(100):
        if asked.over.wait(0.05):
            return
        asked.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def slow_body(asked: Asked) -> None:
    asked.sock.sendall(answer(b"", content_length="1000"))
    asked.drip(b"[" + b"1," * 400)


def slow_chunks(asked: Asked) -> None:
    asked.sock.sendall(answer(b"", content_length=None, transfer_encoding="chunked"))
    asked.drip(b"2\r\n1,\r\n" * 100)


def slow_unmarked_body(asked: Asked) -> None:
    asked.sock.sendall(answer(b"", content_length=None))
    asked.drip(b"[" + b"1," * 400)


def slow_error(asked: Asked) -> None:
    asked.sock.sendall(answer(b"", "400 Bad Request", content_length="1000"))
    asked.drip(b"a" * 400)


def nothing_in_gzip(asked: Asked) -> None:
    """Blocks without content for ever: not one byte comes out."""
    asked.sock.sendall(answer(b"", content_length=None, content_encoding="gzip"))
    packer = zlib.compressobj(wbits=31)
    asked.sock.sendall(packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH))
    while not asked.over.wait(0.02):
        asked.sock.sendall(b"\x00\x00\x00\xff\xff" * 100)


def endless_body(asked: Asked) -> None:
    asked.sock.sendall(answer(b"", content_length=None))
    while not asked.over.is_set():
        asked.sock.sendall(b"[" * 65536)


def endless_error(asked: Asked) -> None:
    asked.sock.sendall(answer(b"", "400 Bad", content_length=None))
    while not asked.over.is_set():
        asked.sock.sendall(b"a" * 65536)


def huge_redirect(asked: Asked) -> None:
    """The body of a redirect, which nobody needs, has no end."""
    asked.sock.sendall(answer(b"", "302 Found", location="/x", content_length=None))
    while not asked.over.is_set():
        asked.sock.sendall(b"[" * 65536)


def bomb(size: int) -> bytes:
    return answer(gzip.compress(b" " * size), content_encoding="gzip")


def chunked(body: bytes, **headers: str | None) -> bytes:
    return answer(body, content_length=None, transfer_encoding="chunked", **headers)


def status(code: str, body: object = b"", **headers: str | None) -> bytes:
    return answer(body, code, **headers)


def redirect(to: str, code: str = "302 Found") -> bytes:
    return answer(b"", code, location=to)


def limit(*, code: str = "403 Forbidden", reset: int = EPOCH + 900) -> bytes:
    return status(code, {"message": "API rate limit exceeded"}, x_ratelimit_remaining="0", x_ratelimit_reset=str(reset))


STATUSES = [
    Case("400", status("400 Bad Request", {"errorMessages": ["no field 'x'", "no y"]}), "the request is refused (400): no field 'x', no y; mend the query of this source in the configuration"),
    Case("401", status("401 Unauthorized", {"message": "Bad credentials"}), f"not let in (401): Bad credentials; {WRONG}"),
    Case("401 as text", status("401 Unauthorized", "Invalid Login", content_type="text/plain"), f"not let in (401): Invalid Login; {WRONG}"),
    Case("401 as a page", status("401 Unauthorized", "<html><body>Log in</body></html>", content_type="text/html"), f"not let in (401); {WRONG}"),
    Case("401 as a page that says it is text", status("401 No", b"\xef\xbb\xbf\n<p>Log in", content_type="text/plain"), f"not let in (401); {WRONG}"),
    Case("403", status("403 Forbidden", {"error": {"message": "no scope"}}), f"not allowed (403): no scope; {RIGHT}"),
    Case("404", status("404 Not Found", {"message": "Not Found"}), f"not found (404): Not Found; {PRIVATE}"),
    Case("405", status("405 Method Not Allowed"), f"the request is refused (405); {ADDRESS}"),
    Case("407", status("407 Proxy Authentication Required"), "the request is refused (407); put the proxy's name and password into HTTPS_PROXY"),
    Case("408 is not asked again", status("408 Request Timeout"), f"the request is refused (408); {ADDRESS}"),
    Case("410", status("410 Gone", {"errorMessages": ["The requested API has been removed."]}), "gone for good (410): The requested API has been removed.; mend the address, or update pytest-postmortem: the service took this one away"),
    Case("418", status("418 I'm a teapot"), f"the request is refused (418); {ADDRESS}"),
    Case("422", status("422 Unprocessable", {"errors": [{"message": "bad label"}]}), "the request is refused (422): bad label; mend the query of this source in the configuration"),
    Case("429", status("429 Too Many", "Retry later", content_type="text/plain"), "too many requests (429, 4 times): Retry later; come again later", requests=4),
    Case("429, a long wait", status("429 Too Many", retry_after="86400"), "too many requests (429); come again in 24 hours (at 08:00 UTC)"),
    Case("429, the wait a date", status("429 Too Many", retry_after=formatdate(EPOCH + 900, usegmt=True)), "too many requests (429); come again in 15 minutes (at 08:15 UTC)"),
    Case("429, a negative wait", status("429 Too Many", retry_after="-5"), "too many requests (429, 4 times); come again later", requests=4),
    Case("429, a wait in words", status("429 Too Many", retry_after="soon"), "too many requests (429, 4 times); come again later", requests=4),
    Case("429, a wait without end", status("429 Too Many", retry_after="9" * 5000), "too many requests (429); come again in years"),
    Case("429, a wait in other digits", status("429 Too Many", retry_after="\u0663"), "too many requests (429, 4 times); come again later", requests=4),
    Case("429, a date that is none", status("429 Too Many", retry_after="Mon, 99 Foo 99999 99:99:99 GMT"), "too many requests (429, 4 times); come again later", requests=4),
    Case("403, the quota", limit(), "too many requests (403): API rate limit exceeded; come again in 15 minutes (at 08:15 UTC)"),
    Case("429, the quota", limit(code="429 Too Many"), "too many requests (429): API rate limit exceeded; come again in 15 minutes (at 08:15 UTC)"),
    Case("403, the quota without an end", status("403 Forbidden", x_ratelimit_remaining="0", x_ratelimit_reset="never"), f"not allowed (403); {RIGHT}"),
    Case("403, the second quota", status("403 Forbidden", retry_after="600"), "too many requests (403); come again in 10 minutes (at 08:10 UTC)"),
    Case("500", status("500 Oops"), f"the service fails (500, 4 times); {LATER}", requests=4),
    Case("500 to a question", status("500 Oops"), f"the service fails (500); {LATER}", ask=question),
    Case("501", status("501 Not Implemented"), f"the service fails (501); {LATER}"),
    Case("502", status("502 Bad Gateway", "<html>nginx</html>", content_type="text/html"), f"the service fails (502, 4 times); {LATER}", requests=4),
    Case("503", status("503 Unavailable", {"detail": "maintenance"}), f"the service fails (503, 4 times): maintenance; {LATER}", requests=4),
    Case("503, a long wait", status("503 Unavailable", retry_after="3600"), "the service fails (503); come again in 60 minutes (at 09:00 UTC)"),
    Case("504 to a question", status("504 Timeout"), f"the service fails (504, 4 times); {LATER}", requests=4, ask=question),
    Case("204", answer(b"", "204 No Content", content_length=None), f"an answer without documents (204); {ADDRESS}"),
    Case("206", answer([1], "206 Partial Content"), f"an answer without documents (206); {ADDRESS}"),
    Case("304 unasked", answer(b"", "304 Not Modified"), f"an answer without documents (304); {ADDRESS}"),
    Case("300", answer(b"", "300 Multiple Choices", location="/y"), f"an answer without documents (300); {ADDRESS}"),
    Case("302 to nowhere", answer(b"", "302 Found"), f"an answer without documents (302); {ADDRESS}"),
    Case("an error in words that never end", status("400 Bad", {"message": "ab " * 5000}), f"the request is refused (400): {'ab ' * 53}…; mend the query of this source in the configuration"),
    Case("an error with what a terminal obeys", status("400 Bad", {"message": "\x1b[31mred\r\n::error::\u202eno\x00"}), "the request is refused (400): [31mred ::error:: no; mend the query of this source in the configuration"),
    Case("an error nested without end", status("400 Bad", "[" * 60000), "the request is refused (400); mend the query of this source in the configuration"),
    Case("an error without end", endless_error, f"the request is refused (400): {'a' * 159}…; mend the query of this source in the configuration"),
    Case("an error that is cut off", status("404 Not Found", b"Not", content_type="text/plain", content_length="500"), f"not found (404); {PRIVATE}"),
]  # fmt: skip

BODIES = [
    Case("a login page", answer("<!DOCTYPE html><html>Log in</html>", content_type="text/html; charset=utf-8"), f"a web page came in place of JSON; {PAGE}"),
    Case("a login page that says it is JSON", answer("\n <HTML>Log in</HTML>"), f"a web page came in place of JSON; {PAGE}"),
    Case("a picture", answer(b"\x89PNG", content_type="image/png"), f"the answer is image/png in place of JSON; {PAGE}"),
    Case("XML", answer("<rss/>", content_type="application/rss+xml"), f"the answer is application/rss+xml in place of JSON; {PAGE}"),
    Case("nothing", answer(b""), f"the answer is empty; {NOTHING}"),
    Case("blanks", answer("  \n"), f"the answer is empty; {NOTHING}"),
    Case("cut JSON without a length", answer('{"a": [1, 2', content_length=None), f"the answer is no whole JSON (line 1, column 12); {NOTHING}"),
    Case("two values", answer("{} {}"), f"the answer is no whole JSON (line 1, column 4); {NOTHING}"),
    Case("NaN", answer('{"a": NaN}'), f"the answer holds NaN, which is no JSON; {NOTHING}"),
    Case("Infinity", answer("[-Infinity]"), f"the answer holds -Infinity, which is no JSON; {NOTHING}"),
    Case("a key twice", answer('{"a": {"state": "open", "b": 1, "state": "closed"}}'), f"the answer holds the key 'state' twice; {NOTHING}"),
    Case("5,000 digits", answer("[" + "7" * 5000 + "]"), f"the answer holds a number of 5000 digits; {NOTHING}"),
    Case("a number beyond all", answer("[1e999]"), f"the answer holds a number that is too large; {NOTHING}"),
    Case("a fraction of 100,000 digits", answer("[0." + "1" * 100_000 + "]"), f"the answer holds a number that is too large; {NOTHING}"),
    Case("a depth of 150", answer("[" * 150 + "]" * 150), f"the answer is nested too deeply; {NOTHING}"),
    Case("a depth of 200,000", answer("[" * 200_000), f"the answer is nested too deeply; {NOTHING}"),
    Case("objects to a depth of 100,000", answer('{"a":' * 100_000 + "1" + "}" * 100_000), f"the answer is nested too deeply; {NOTHING}"),
    Case("Latin-1", answer('{"a": "é"}'.encode("latin-1")), f"the answer is not UTF-8 (byte 8); {NOTHING}"),
    Case("UTF-16", answer('{"a": 1}'.encode("utf-16")), f"the answer is not UTF-8 (byte 1); {NOTHING}"),
    Case("larger than granted, by its length", answer(b"", content_length="2000"), f"the answer is larger than 1000 bytes; {LESS}", SMALL),
    Case("larger than granted, in chunks", chunked(b"3e9\r\n" + b" " * 1001 + b"\r\n0\r\n\r\n"), f"the answer is larger than 1000 bytes; {LESS}", SMALL),
    Case("a body without end", endless_body, f"the answer is larger than 20 MiB; {LESS}"),
    Case("a bomb of gzip", bomb(300 * 1024 * 1024), f"the answer is larger than 20 MiB; {LESS}", Limits(deadline_seconds=5)),
    Case("gzip that is none", answer(b"{}" * 50, content_encoding="gzip"), f"the answer is packed in a way that cannot be read; {REPORT}"),
    Case("gzip that is cut off", answer(gzip.compress(json.dumps(list(range(999))).encode())[:500], content_encoding="gzip"), f"the answer is no whole JSON (line 1, column 1063); {NOTHING}"),
    Case("brotli", answer(b"\x0b\x02\x80{}\x03", content_encoding="br"), f"the answer is packed in a way that cannot be read as br; {REPORT}"),
    Case("gzip in gzip", answer(gzip.compress(gzip.compress(b"{}")), content_encoding="gzip, gzip"), f"the answer is packed in a way that cannot be read as gzip, gzip; {REPORT}"),
    Case("text without a marked end", answer("- a: 1\n", content_length=None), f"the end of the answer is not marked: it may be cut off; {REPORT}", ask=text),
    Case("text in gzip, unasked", answer(gzip.compress(b"a: 1"), content_encoding="gzip"), f"the answer is packed in a way that cannot be read as gzip; {REPORT}", ask=text),
    Case("text that is a page", answer("<html>", content_type="text/html"), f"a web page came in place of a feed; {PAGE}", ask=text),
    Case("text in Latin-1", answer("title: é".encode("latin-1")), "the answer is not UTF-8 (byte 8); see that `url` is the feed's address", ask=text),
]  # fmt: skip

CONNECTIONS = [
    Case("closed without an answer", close_at_once, f"the connection broke off before the answer was whole (4 times); {LATER}", requests=4),
    Case("closed, to a question", close_at_once, f"the connection broke off before the answer was whole (4 times); {LATER}", requests=4, ask=question),
    Case("cut off before its length", answer(b'{"a": 1}', content_length="100"), f"the connection broke off before the answer was whole (4 times); {LATER}", requests=4),
    Case("cut off, though it reads as JSON", answer(b"[1]", content_length="4"), f"the connection broke off before the answer was whole (4 times); {LATER}", requests=4),
    Case("cut off in chunks", chunked(b"3\r\n[1]\r\n"), f"the connection broke off before the answer was whole (4 times); {LATER}", requests=4),
    Case("cut off in the headers", b"HTTP/1.1 200 OK\r\ncontent-le", f"the answer is empty; {NOTHING}"),
    Case("chunks that are none", chunked(b"zz\r\n[1]\r\n0\r\n\r\n"), f"the connection broke off before the answer was whole (4 times); {LATER}", requests=4),
    Case("two lengths", answer(b"{}").replace(b"content-length: 2", b"content-length: 2\r\ncontent-length: 7"), f"the answer is no HTTP; {ADDRESS}"),
    Case("no HTTP", b"SSH-2.0-OpenSSH_9.9\r\n", f"the answer is no HTTP; {ADDRESS}"),
    Case("a header without end", b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200_000, f"the answer is no HTTP; {ADDRESS}"),
    Case("too many headers", answer(b"{}").replace(b"connection", b"x: 1\r\n" * 500 + b"connection"), f"the answer is no HTTP; {ADDRESS}"),
    Case("silence", silence, f"the service fell silent (4 times); {LATER}", Limits(deadline_seconds=PATIENCE, read_seconds=0.1), requests=4),
    Case("silence to the end", silence, SLOW, SHORT),
    Case("a slow status line", slow_status, SLOW, SHORT),
    Case("slow headers", slow_headers, SLOW, SHORT),
    Case("headers without end, byte by byte", endless_headers, SLOW, SHORT),
    Case("100 Continue for ever", continues, SLOW, SHORT),
    Case("a slow body", slow_body, SLOW, SHORT),
    Case("slow chunks", slow_chunks, SLOW, SHORT),
    Case("a slow body without a length", slow_unmarked_body, SLOW, SHORT),
    Case("a slow error", slow_error, SLOW, SHORT),
    Case("gzip with nothing in it for ever", nothing_in_gzip, SLOW, SHORT),
]  # fmt: skip

REDIRECTS = [
    Case("redirects in a circle", redirect("/x"), "more than 5 redirects; mend `url`: the service sends round in a circle", requests=6),
    Case("redirects without end in their bodies", huge_redirect, "more than 5 redirects; mend `url`: the service sends round in a circle", requests=6),
    Case("a redirect to another host", redirect("https://elsewhere.test/x?key=1"), "what it redirects to is not on ORIGIN: https://elsewhere.test/x; nothing was sent there; mend `url`"),
    Case("a redirect to another scheme", redirect("https://127.0.0.1/x"), "what it redirects to is not on ORIGIN: https://127.0.0.1/x; nothing was sent there; mend `url`"),
    Case("a redirect without a scheme", redirect("//elsewhere.test/x"), "what it redirects to cannot be used: http://elsewhere.test/x: http sends everything in the clear; write https://"),
    Case("a redirect to a file", redirect("file:///etc/passwd"), "what it redirects to cannot be used: file:///etc/passwd: this is no address to fetch from; write it as https://HOST/PATH"),
    Case("a redirect with a password", redirect("http://a:b@127.0.0.1/"), "what it redirects to cannot be used: http://127.0.0.1/: the address holds a name or a password; take it out: a token comes from the variable that `token-env` names"),
    Case("a redirect that two parsers read in two ways", redirect("http://127.0.0.1\\@elsewhere.test/"), "what it redirects to cannot be used: http://elsewhere.test/: the address holds a character that no URL has; percent-encode it; an international host is written xn--"),
    Case("a redirect of brackets", redirect("http://[::1/"), "what it redirects to cannot be used: http://[::1/: this is no address to fetch from; write it as https://HOST/PATH"),
    Case("a question that is redirected", redirect("/y"), "the question is redirected to ORIGIN/y; put that address into `url`", ask=question),
]  # fmt: skip

CASES = [*STATUSES, *BODIES, *CONNECTIONS, *REDIRECTS]
