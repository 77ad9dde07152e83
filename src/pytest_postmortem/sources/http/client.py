"""Send requests to one remote source: its token only to its own origin, complete answers in time, or a SourceError."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NoReturn, Self
from urllib.parse import urlencode, urljoin, urlsplit

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http.addresses import is_absolute, parse_origin, redact_url
from pytest_postmortem.sources.http.answers import Answer, decode_json, decode_text, is_web_page, media_type
from pytest_postmortem.sources.http.credentials import Credentials
from pytest_postmortem.sources.http.exchange import Budget, HttpRequest, Reply, Wire
from pytest_postmortem.sources.http.failures import Failure
from pytest_postmortem.sources.http.limits import Clock, Deadline, Limits
from pytest_postmortem.sources.http.messages import WEB_PAGE, Fault, describe_status
from pytest_postmortem.sources.http.pages import Pages, find_next_link
from pytest_postmortem.sources.http.retry import (
    format_wait,
    is_limited,
    is_retryable,
    parse_rate_limit_reset,
    parse_retry_after,
)

__all__ = ["Client"]

Parameters = Mapping[str, str | int] | Sequence[tuple[str, str | int]]

_REDIRECTS = {301, 302, 303, 307, 308}
_WITH_DOCUMENTS = {200, 203}


class Client:
    """Reads one remote source in one run; a context manager, which closes its connections.

    `base_url` is the address of its API. `own_hosts` are those of the source's type, `allowed_hosts` those that the
    user names with `--allow-host` or POSTMORTEM_ALLOW_HOSTS (`HOST`, or `HOST:PORT` where the port is another than the
    scheme's): with `credentials` any other host is a SourceError at once. Proxies and authorities come from `environ`.
    The time of `limits` begins now.

    Every method that asks raises SourceError, and nothing else, when the answer is not there, whole and in time.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        environ: Mapping[str, str],
        credentials: Credentials | None = None,
        own_hosts: Collection[str] = (),
        allowed_hosts: Collection[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self.origin = parse_origin(base_url)
        self._base = base_url
        self._credentials = credentials
        self._clock = clock
        self._limits = limits or Limits()
        if credentials and not self.origin.is_among((*own_hosts, *allowed_hosts)):
            raise SourceError(
                f"the token in {credentials.variable} does not go to {self.origin.netloc} unasked",
                origin=redact_url(base_url),
                hint=f"--allow-host {self.origin.netloc}, or POSTMORTEM_ALLOW_HOSTS={self.origin.netloc} in the "
                "environment; no file can allow it",
            )
        self._wire = Wire(environ)
        self._deadline = Deadline(clock, self._limits.deadline_seconds)
        self._bytes_left = self._limits.run_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def get(
        self,
        url: str = "",
        params: Parameters = (),
        *,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Answer[object]:
        """Return the JSON at `url`: a path below the base, or an absolute URL of the same origin.

        With the `etag` or `last_modified` of an earlier answer, one that says that nothing changed is `not_modified`.
        """
        return self._fetch_json(
            self._build_request("GET", url, params, {**(headers or {}), **_build_conditions(etag, last_modified)})
        )

    def post(
        self, url: str, data: object, params: Parameters = (), *, headers: Mapping[str, str] | None = None
    ) -> Answer[object]:
        """Return the JSON that a service answers to a question in JSON: a read by POST, asked again like a GET."""
        request = self._build_request("POST", url, params, {"Content-Type": "application/json", **(headers or {})})
        return self._fetch_json(replace(request, body=json.dumps(data, allow_nan=False).encode()))

    def get_text(
        self,
        url: str = "",
        params: Parameters = (),
        *,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Answer[str]:
        """Return the text at `url`, in UTF-8, for what is no JSON; its end has to be marked (a length, or chunks)."""
        plain = {"Accept-Encoding": "identity", **_build_conditions(etag, last_modified)}
        request = self._build_request("GET", url, params, {**(headers or {}), **plain})
        url, reply = self._follow_redirects(request)
        if reply.status == 304:
            return Answer("", MappingProxyType(reply.headers), url, not_modified=True)
        if not reply.bounded:
            self._refuse(url, "the end of the answer is not marked: it may be cut off", "report it to the service")
        if is_web_page(reply.headers, reply.body):
            self._refuse(url, "a web page came in place of a feed", WEB_PAGE)
        text, fault = decode_text(reply.body)
        if fault:
            self._refuse(url, fault, "see that `url` is the feed's address")
        return Answer(text, MappingProxyType(reply.headers), url)

    def find_next_page(self, answer: Answer[object] | Answer[str]) -> str | None:
        """Return the URL of the next page in the `Link` header, or None. Another origin than ours is a SourceError."""
        found = find_next_link(answer.url, answer.headers.get("link", ""), self._redact(answer.url))
        return None if found is None else self.follow(answer, found)

    def follow(self, answer: Answer[object] | Answer[str], reference: str) -> str:
        """Return the absolute URL of `reference` in `answer`. Another origin than ours is a SourceError."""
        try:
            url = urljoin(answer.url, reference)
        except ValueError:
            url = reference
        self._require_own_origin(url, answer.url, "the next page")
        return url

    def pages(self, *, first: str | int = "") -> Pages:
        """Return the guard for one list that comes in pages; `first` is the URL or number of the first one."""
        return Pages(self._redact(self._base), self._limits.pages, first=first)

    def _build_request(self, method: str, url: str, params: Parameters, headers: Mapping[str, str]) -> HttpRequest:
        if not is_absolute(url):
            parts = urlsplit(self._base)
            base = f"{parts.scheme}://{parts.netloc}{parts.path}"
            url = self._base if not url else base.rstrip("/") + "/" + url.lstrip("/")
        if query := urlencode(params if isinstance(params, Mapping) else list(params)):
            url, mark, fragment = url.partition("#")
            url = f"{url}{'&' if '?' in url else '?'}{query}{mark}{fragment}"
        self._require_own_origin(url, url, "the address")
        return HttpRequest(method, url, {"Accept": "application/json, */*;q=0.1", **headers})

    def _require_own_origin(self, url: str, asked: str, what: str) -> None:
        """Raise SourceError for a URL that is not of our origin."""
        try:
            same = parse_origin(url) == self.origin
            problem, hint = f"{what} is not on {self.origin}: {self._redact(url)}", "nothing was sent there; mend `url`"
        except SourceError as error:
            same, problem, hint = False, f"{what} cannot be used: {self._redact(url)}: {error.problem}", error.hint
        if not same:
            self._refuse(asked, problem, hint)

    def _fetch_json(self, request: HttpRequest) -> Answer[object]:
        url, reply = self._follow_redirects(request)
        if reply.status == 304:
            return Answer(None, MappingProxyType(reply.headers), url, not_modified=True)
        if is_web_page(reply.headers, reply.body):
            self._refuse(url, "a web page came in place of JSON", WEB_PAGE)
        value, fault = decode_json(reply.headers, reply.body)
        if fault:
            at_fault = media_type(reply.headers) if "in place of" in fault else ""
            self._refuse(
                url, fault, WEB_PAGE if at_fault else "nothing was kept: try again, or report it to the service"
            )
        return Answer(value, MappingProxyType(reply.headers), url)

    def _follow_redirects(self, request: HttpRequest) -> tuple[str, Reply]:
        """Return the answer with documents (or a requested 304) and its URL, after redirects of the same origin."""
        for _ in range(self._limits.redirects + 1):
            reply, tries = self._try(request)
            location = reply.headers.get("location", "")
            if reply.status in _REDIRECTS and location:
                request = replace(request, url=self._resolve_redirect(request, reply.status, location))
                continue
            conditional = {"If-None-Match", "If-Modified-Since"} & set(request.headers)
            if reply.status not in _WITH_DOCUMENTS and not (reply.status == 304 and conditional):
                self._refuse_status(request.url, reply, tries)
            return request.url, reply
        return self._refuse(
            request.url,
            f"more than {self._limits.redirects} redirects",
            "mend `url`: the service sends round in a circle",
        )

    def _resolve_redirect(self, request: HttpRequest, status: int, location: str) -> str:
        try:
            url = urljoin(request.url, location)
        except ValueError:
            url = location
        self._require_own_origin(url, request.url, "what it redirects to")
        if request.method != "GET" and status not in (307, 308):
            self._refuse(
                request.url, f"the question is redirected to {self._redact(url)}", "put that address into `url`"
            )
        return url

    def _try(self, request: HttpRequest) -> tuple[Reply, int]:
        """Return the first answer that is not a passing failure, and the tries that it took."""
        wait = self._limits.first_wait
        tries = 0
        while True:
            tries += 1
            outcome = self._exchange(request)
            last = tries >= self._limits.tries
            if isinstance(outcome, Reply):
                if last or not self._wait_to_retry(request, outcome, wait):
                    return outcome, tries
            elif last or not outcome.fault.again or not self._deadline.wait(wait):
                self._refuse_failure(request.url, outcome, tries)
            wait *= 2

    def _wait_to_retry(self, request: HttpRequest, reply: Reply, wait: float) -> bool:
        """Wait at least `wait` seconds until the same request is worth another try; False, at once, if it is not."""
        if not is_retryable(reply.status, request.method, reply.headers):
            return False
        required = self._parse_wait(reply)
        if required is None and reply.status == 403:  # a quota that is used up, and no word on when it is new
            return False
        return self._deadline.wait(max(wait, required or 0.0))

    def _exchange(self, request: HttpRequest) -> Reply | Failure:
        left = self._deadline.seconds_left()
        if left <= 0:
            return Failure(Fault.DEADLINE)
        limits = self._limits
        budget = Budget(
            connect=min(limits.connect_seconds, left),
            read=min(limits.read_seconds, left),
            total=left,
            answer_bytes=limits.answer_bytes,
            run_bytes=self._bytes_left,
        )
        outcome = self._wire.exchange(request, self._credentials, budget)
        if isinstance(outcome, Reply):
            self._bytes_left -= len(outcome.body)
        elif self._deadline.seconds_left() <= 0:
            return Failure(Fault.DEADLINE)
        return outcome

    def _parse_wait(self, reply: Reply) -> float | None:
        """Return the seconds that the service asks us to wait; infinity if they are more than we do."""
        epoch = self._clock.epoch()
        asked = parse_retry_after(reply.headers, epoch)
        if asked is not None:
            return asked if asked <= self._limits.longest_wait else float("inf")
        return parse_rate_limit_reset(reply.headers, epoch) if is_limited(reply.status, reply.headers) else None

    def _refuse_status(self, url: str, reply: Reply, tries: int) -> NoReturn:
        epoch = self._clock.epoch()
        when = parse_retry_after(reply.headers, epoch)
        if when is None and is_limited(reply.status, reply.headers):
            when = parse_rate_limit_reset(reply.headers, epoch)
        later = format_wait(when, epoch) if when is not None and reply.status in (403, 429, 503) else ""
        problem, hint = describe_status(reply.status, reply.body, self._credentials, tries=tries, when=later)
        self._refuse(url, problem, hint)

    def _refuse_failure(self, url: str, failure: Failure, tries: int) -> NoReturn:
        fault = failure.fault
        match fault:
            case Fault.DEADLINE:
                detail = f" within {self._limits.deadline_seconds:g} seconds"
            case Fault.RUN_TOO_LARGE:
                detail = f" {self._limits.run_bytes // (1024 * 1024)} MiB"
            case Fault.TOO_LARGE | Fault.ENCODING if failure.detail:
                detail = f" {failure.detail}"
            case _:
                detail = f": {failure.detail}" if failure.detail else ""
        times = f" ({tries} times)" if tries > 1 else ""
        self._refuse(url, f"{fault.problem}{detail}{times}", fault.hint)

    def _refuse(self, url: str, problem: str, hint: str) -> NoReturn:
        raise SourceError(self._mask(problem), origin=self._redact(url), hint=hint) from None

    def _redact(self, url: str) -> str:
        return redact_url(self._mask(url))

    def _mask(self, text: str) -> str:
        return self._credentials.mask(text) if self._credentials else text


def _build_conditions(etag: str, last_modified: str) -> dict[str, str]:
    """Return the headers of a conditional request, by the validators of an earlier answer."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}
