"""The page on a server of this machine: it follows the notes, and tells open pages when they have changed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from urllib.parse import quote, unquote, urlsplit

from mlopscards import pipeline, preview
from mlopscards.check import see
from mlopscards.errors import CannotDo, MlopscardsError, NotesError
from mlopscards.lockfile import Lock, read_lock
from mlopscards.model import Issued, Problem, Span
from mlopscards.preview.attachments import kind_of
from mlopscards.settings import FILE_NAME, Settings, read_settings
from mlopscards.source import find_notes, names_below

HOST = "127.0.0.1"
_PAUSE = 0.05
"""Seconds between two looks at the notes. Looking needs no library, and works on every file system."""
_SHARE = 9
"""How many times as long as a look took we rest after it, so that even many notes do not keep the machine busy."""
_HEARTBEAT = 10.0
_REMEMBERED = 4096
"""Notes whose cards are kept; only those that changed are read anew."""
_SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What is only to be looked at runs nothing, wherever it is opened."""


@dataclass(frozen=True, slots=True)
class State:
    """What the notes gave when they were last read."""

    version: int
    issued: Sequence[Issued] = ()
    settings: Settings = field(default_factory=Settings)
    problems: Sequence[Problem] = ()
    media: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    """Each note by the name that the cards' sources have."""
    failed: bool = False
    """Whether the notes have errors; then the cards are those from before."""

    @property
    def around(self) -> preview.Surroundings:
        """Say where the page finds what is not in it: on this server."""
        media = {name: f"media/{quote(name)}" for name in self.media}
        return preview.Surroundings(media, notes="notes", version=self.version, failed=self.failed)

    def page(self) -> str:
        """Make the page."""
        return preview.page_of(self.issued, self.settings, self.problems, self.around)

    def content(self) -> str:
        """Make what a page that is open takes in."""
        return preview.content_json(self.issued, self.settings, self.problems, self.around)


class Follower:
    """Reads the notes whenever they change, and lets others wait for that."""

    def __init__(self, notes: Path, now: int) -> None:
        self._notes, self._now = notes, now
        self._cards_of = lru_cache(_REMEMBERED)(pipeline.cards_of_note)
        self._seen_of = lru_cache(_REMEMBERED)(see)
        self._written = self._lock = Lock()
        self._changed = Condition()
        self._seen = self._look()
        # Not from 1: a page may be left open from the server before this one.
        self.state = self._checked(self._next(State(time.time_ns() // 1_000_000)))

    def changes(self) -> Iterator[State]:
        """Watch for ever, and give the state after each change."""
        while True:
            start = time.perf_counter()
            seen = self._look()
            rest = max(_PAUSE, _SHARE * (time.perf_counter() - start))
            if seen != self._seen:
                self._seen = seen
                # The findings take longer than the cards, and follow them.
                for next_of in (self._next, self._checked):
                    if self._publish(next_of(self.state)):
                        yield self.state
            time.sleep(rest)

    def _publish(self, state: State) -> bool:
        """Give *state* to all who wait, unless it shows nothing new."""
        if replace(state, version=self.state.version) == self.state:
            return False
        with self._changed:
            self.state = state
            self._changed.notify_all()
        return True

    def after(self, version: int, seconds: float) -> State:
        """Wait for another state than *version*, but no longer than *seconds*."""
        with self._changed:
            self._changed.wait_for(lambda: self.state.version != version, seconds)
            return self.state

    def _look(self) -> Mapping[str, tuple[int, int, int]]:
        """Note when each file below the notes folder was last written."""
        return {path: (at.st_mtime_ns, at.st_size, at.st_ino) for path, at in _files_below(self._notes)}

    def _next(self, before: State) -> State:
        version = before.version + 1
        try:
            state = self._read(version)
            # Until the notes are checked anew, what was found before is nearer to the truth than nothing.
            return state if before.failed else replace(state, problems=before.problems)
        except NotesError as error:
            return replace(before, version=version, problems=error.problems, failed=True)
        except MlopscardsError as error:
            problem = Problem(Span(self._notes.name, 1), "N100", str(error))
            return replace(before, version=version, problems=(problem,), failed=True)

    def _checked(self, state: State) -> State:
        """Put the findings of `mlopscards check` beside the cards; where notes have errors, they are there already."""
        if state.failed:
            return state
        problems = pipeline.check(self._notes, seen_of=self._seen_of)
        return replace(state, version=state.version + 1, problems=problems)

    def _read(self, version: int) -> State:
        paths = find_notes(self._notes)
        settings = read_settings(self._notes / FILE_NAME)
        collected = pipeline.collect(self._notes, paths, cards_of=self._cards_of)
        files = dict(zip(names_below(paths, self._notes), paths, strict=True))
        return State(version, self._issued(collected, settings), settings, collected.problems, collected.media, files)

    def _issued(self, collected: pipeline.Collected, settings: Settings) -> Sequence[Issued]:
        """Follow the cards from one edit to the next, as if each were built, but write no lock."""
        written = read_lock(self._notes / pipeline.LOCK_NAME)
        if written != self._written:
            self._written = self._lock = written
        plan = pipeline.issue_cards(collected, settings, self._lock, self._now)
        self._lock = plan.lock
        return plan.issued


def _files_below(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - a `Path` each would take longer than the look
            try:
                yield path, os.stat(path)  # noqa: PTH116
            except OSError:
                continue  # gone between the two looks


@contextmanager
def serving(follower: Follower, port: int) -> Iterator[str]:
    """Serve what *follower* reads, and give the address."""
    try:
        server = _Server((HOST, port), _Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotDo(f"cannot serve on port {port}: {reason}; choose another one by --port") from error
    server.follower = follower
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    follower: Follower

    def handle_error(self, request: object, client_address: object) -> None:
        """Let browsers hang up whenever they like; anything else is a bug, and shows."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "mlopscards", ""

    def do_GET(self) -> None:
        """Answer, but only to who addresses this machine: a foreign name that leads here is an attack."""
        port = self.server.server_port
        if self.headers.get("Host", "") not in (f"{HOST}:{port}", f"localhost:{port}"):
            self.send_error(HTTPStatus.FORBIDDEN, "this server answers to 127.0.0.1 only")
            return
        self._answer()

    def _answer(self) -> None:
        state = self.server.follower.state
        match unquote(urlsplit(self.path).path).split("/", 2)[1:]:
            case [""]:
                self._send(state.page(), "text/html; charset=utf-8")
            case ["content.json"]:
                self._send(state.content(), "application/json")
            case ["events"]:
                self._send_events()
            case ["media", name] if name in state.media:
                self._send(state.media[name], kind_of(name), _SEALED)
            case ["notes", name] if name in state.files:
                self._send(_listing(name, state.files[name]), "text/html; charset=utf-8", _SEALED)
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def _send(self, content: str | bytes, kind: str, policy: str = "") -> None:
        body = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        self._head(kind, policy, ("Content-Length", str(len(body))))
        self.wfile.write(body)

    def _head(self, kind: str, policy: str = "", *more: tuple[str, str]) -> None:
        self.send_response(HTTPStatus.OK)
        fixed = {
            "Content-Type": kind,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        for name, value in (*fixed.items(), *more, *([("Content-Security-Policy", policy)] if policy else [])):
            self.send_header(name, value)
        self.end_headers()

    def _send_events(self) -> None:
        """Tell the version now, and each one that comes, for as long as somebody listens."""
        self.close_connection = True
        self._head("text/event-stream", "", ("Connection", "close"))
        told = 0
        while True:
            version = self.server.follower.after(told, _HEARTBEAT if told else 0).version
            self.wfile.write(b": still here\n\n" if version == told else f"data: {version}\n\n".encode())
            self.wfile.flush()
            told = version

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; only the command line prints."""


def _listing(name: str, path: Path) -> str:
    """A note with its lines numbered, and the one of the address marked."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        text = f"cannot be read: {error.strerror}"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = "".join(f'<li id="L{number}">{escape(line) or " "}</li>\n' for number, line in enumerate(lines, 1))
    return f'<!doctype html>\n<meta charset="utf-8"><title>{escape(name)}</title>\n{_LISTING}<ol>\n{rows}</ol>\n'


_LISTING = """<style>
:root { color-scheme: light dark; }
ol { padding-left: 5ch; font: 14px/1.6 ui-monospace, Menlo, Consolas, monospace; }
li { padding-left: 1ch; white-space: pre-wrap; overflow-wrap: anywhere; scroll-margin: 30vh; }
li::marker { color: gray; }
li:target { background: #ffe08a; color: #22262b; }
</style>
"""
