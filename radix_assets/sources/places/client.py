"""Requests over HTTP: checked and pinned addresses, bounded redirects and retries, a rate limit, resumed downloads."""

import contextlib
import email.utils
import json
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from radix_assets.sources.places.access import Access
from radix_assets.sources.places.errors import failed, no_answer
from radix_assets.sources.places.guard import resolve
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    import httpx

ATTEMPTS: Final = 4
"""Attempts without any progress before a request is given up."""
_MOST_REDIRECTS: Final = 5
_LONGEST_WAIT: Final = 60.0
"""Seconds; a server that asks to wait longer is left for the next run."""
_MOST_LISTED: Final = 64 << 20
_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}

Sign = Callable[[str, str, Mapping[str, str]], Mapping[str, str]]
"""From method, URL and headers of a request to the headers that sign it."""


def unsigned(_method: str, _url: str, _headers: Mapping[str, str]) -> Mapping[str, str]:
    """Sign nothing."""
    return {}


@dataclass
class Client:
    """Requests to a place. Cookies, proxies and passwords of the environment are not used."""

    access: Access
    where: str
    """The address for messages."""
    references: str = ""
    """A text with the references of the credentials in use, for messages."""
    sign: Sign = unsigned
    follows: bool = False
    """Whether redirects are followed. Object storage answers itself."""
    sleep: Callable[[float], None] = time.sleep
    _clients: "dict[tuple[str, str, int], tuple[httpx.Client, tuple[str, ...], bool]]" = field(default_factory=dict)
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        """Close the connections."""
        for client, _, _ in self._clients.values():
            client.close()
        self._clients.clear()

    @contextlib.contextmanager
    def stream(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> "Iterator[httpx.Response]":
        """Yield the answer to a request, whose content is not read yet, after redirects and retries.

        Its status may be anything but one that is transient, which is a TransientSourceError RDX-SRC-012 at last.
        """
        answer = self._open(method, url, headers, content)
        try:
            yield answer
        finally:
            answer.close()

    def read(
        self, url: str, headers: Mapping[str, str], *, method: str = "GET", content: bytes | None = None
    ) -> "tuple[httpx.Response, bytes]":
        """Return a small answer, such as a list. Raise as `stream`, and SourceError RDX-SRC-016 if it is not small."""
        import httpx

        for attempt in range(ATTEMPTS):
            try:
                with self.stream(method, url, headers, content) as answer:
                    body = bytearray()
                    for chunk in answer.iter_bytes():
                        body += chunk
                        if len(body) > _MOST_LISTED:
                            raise failed(self.where, "its list is too long")
                    return answer, bytes(body)
            except httpx.TransportError:
                self.wait(attempt, None)
            except httpx.DecodingError:
                break
        raise no_answer(self.where)

    def _open(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> "httpx.Response":
        origin, private = _origin(url), True
        for hop in range(_MOST_REDIRECTS + 1):
            own = dict(headers)
            if _origin(url) == origin:  # another server gets no credential
                own |= self.sign(method, url, own)
            answer, is_private = self._attempts(method, url, own, content, may_be_private=private)
            if hop == 0:
                private = is_private
            target = answer.headers.get("Location")
            if not (self.follows and answer.status_code in REDIRECTS and target):
                return answer
            answer.close()
            after = urljoin(url, target)
            scheme = urlsplit(after).scheme
            if scheme not in _PORTS or (scheme == "http" and urlsplit(url).scheme == "https"):
                raise SourceError(
                    "RDX-SRC-083",
                    "the server redirects to an address that is not encrypted, or not on the web",
                    expected="a redirect to https://",
                    hint="if that address is right, name it directly",
                    address=self.where,
                )
            url = after
        raise failed(self.where, f"more than {_MOST_REDIRECTS} redirects", "name the final address itself")

    def _attempts(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, *, may_be_private: bool
    ) -> "tuple[httpx.Response, bool]":
        import httpx

        for attempt in range(ATTEMPTS):
            self._throttle()
            try:
                answer, private = self._send(method, url, headers, content, may_be_private=may_be_private)
            except httpx.TransportError as error:
                if _is_certificate(error):
                    raise failed(
                        self.where, "its certificate is not valid", "check the host, or have it corrected there"
                    ) from None
                self.wait(attempt, None)
                continue
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
                raise failed(self.where, "the address is not valid", "correct the address") from None
            if answer.status_code not in _TRANSIENT:
                return answer, private
            after = _seconds(answer.headers.get("Retry-After"))
            answer.close()
            if after is not None and after > _LONGEST_WAIT:
                raise no_answer(self.where, f" ({answer.status_code}) and asks to wait {after:.0f} seconds")
            self.wait(attempt, after)
        raise no_answer(self.where)

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, *, may_be_private: bool
    ) -> "tuple[httpx.Response, bool]":
        """Connect to one of the checked addresses of the host, so that no second lookup can lead elsewhere."""
        import httpx

        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        key = parts.scheme, host, port
        with self._lock:
            if key not in self._clients:
                resolved = resolve(host, port, self.where, may_be_private=may_be_private)
                new = httpx.Client(trust_env=False, timeout=self.access.timeout, follow_redirects=False)
                self._clients[key] = new, resolved.addresses, resolved.is_private
        client, addresses, private = self._clients[key]
        shown = f"[{host}]" if ":" in host else host
        sent = {"User-Agent": "radix", "Accept": "*/*", "Accept-Encoding": "identity", **headers}
        sent["Host"] = shown if port == _PORTS[parts.scheme] else f"{shown}:{port}"
        for number, address in enumerate(addresses):
            literal = f"[{address}]" if ":" in address else address
            pinned = urlunsplit((parts.scheme, f"{literal}:{port}", parts.path or "/", parts.query, ""))
            request = client.build_request(
                method, pinned, headers=sent, content=content, extensions={"sni_hostname": host}
            )
            try:
                return client.send(request, stream=True), private
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number + 1 == len(addresses):
                    raise
        raise no_answer(self.where)

    def _throttle(self) -> None:
        if self.access.requests_per_second is None:
            return
        with self._lock:
            now = time.monotonic()
            pause = max(self._next - now, 0)
            self._next = max(self._next, now) + 1 / self.access.requests_per_second
        if pause:
            self.sleep(pause)

    def wait(self, attempt: int, after: float | None) -> None:
        """Wait before the next attempt; not after the last."""
        if attempt + 1 >= ATTEMPTS:
            return
        backoff = min(0.25 * 2**attempt, 15) * random.uniform(0.5, 1)  # noqa: S311 only spreads retries
        self.sleep(after if after is not None else backoff)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def _seconds(text: str | None) -> float | None:
    """Return the seconds that `Retry-After` asks to wait, which may be a date."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(moment.timestamp() - time.time(), 0)


def _is_certificate(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def json_of(content: bytes, where: str) -> dict[str, object]:
    """Return an answer that is a JSON object. Raise SourceError RDX-SRC-016 if it is none."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise failed(where, "it sends something else than a list of files")
    return value


def path_of(name: str, safe: str = "/~") -> str:
    """Return a name as the path of a URL. Steps such as `..` in it are a part of the name."""
    dots = {".": "%2E", "..": "%2E%2E"}
    return "/".join(dots.get(part, quote(part, safe=safe)) for part in name.split("/"))
