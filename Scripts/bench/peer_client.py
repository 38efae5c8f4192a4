"""The asking side of the protocol that `peer_server.py` describes."""

from __future__ import annotations

import os
import selectors
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

# Longer than any contestant compiles, or develops one frame.
PATIENCE = 120.0  # seconds


class PeerFailure(Exception):
    """A contestant ended, kept silent or talked nonsense; the text says which and why."""


class Peer:
    """A contestant's process. It is up from the start of a `with` block to its end."""

    def __init__(self, name: str, command: list[str], patience: float = PATIENCE) -> None:
        self.name, self.command, self.patience = name, command, patience
        self.pixels = 0

    def __enter__(self) -> Peer:
        self.errors = tempfile.TemporaryFile()  # a file never fills up as a pipe does
        try:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors
            )
        except OSError as error:
            raise PeerFailure(f"{self.name}: {self.command[0]} does not start: {error.strerror}") from error
        self.unread = b""
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.stdout, selectors.EVENT_READ)
        try:
            word, _, pixels = self._answer().partition(" ")
            if word != "ready" or not pixels.isdigit():
                raise PeerFailure(f"{self.name}: instead of 'ready PIXELS' it says '{word} {pixels}'")
        except PeerFailure:
            self._end()
            raise
        self.pixels = int(pixels)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self) -> int:
        """Develops one frame; its nanoseconds."""
        answer = self._ask("run")
        if not answer.isdigit() or int(answer) == 0:
            raise PeerFailure(f"{self.name}: instead of nanoseconds it says '{answer}'")
        return int(answer)

    def write(self, file: Path) -> bytes:
        """The bytes of the last picture, by way of a file."""
        if (answer := self._ask(f"write {file}")) != "written":
            raise PeerFailure(f"{self.name}: instead of 'written' it says '{answer}'")
        return file.read_bytes()

    @property
    def stdout(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def _ask(self, line: str) -> str:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{line}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended; the answer that does not come says why
        return self._answer()

    def _answer(self) -> str:
        """The next line."""
        while b"\n" not in self.unread:
            if not self.selector.select(self.patience):
                raise PeerFailure(f"{self.name}: no answer for {self.patience:g} s")
            if not (more := os.read(self.stdout, 4096)):
                raise PeerFailure(f"{self.name} ended: {self._last_words()}")
            self.unread += more
        line, _, self.unread = self.unread.partition(b"\n")
        return line.decode().strip()

    def _last_words(self) -> str:
        code = self.process.wait(timeout=10)
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit code {code}"

    def _end(self) -> None:
        """Lets it end by itself, or ends it."""
        self.selector.close()
        try:
            self.process.communicate(b"quit\n", timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        except (BrokenPipeError, ValueError):
            self.process.wait()
        self.errors.close()
