#!/usr/bin/env python3
"""Runs the example commands of Markdown documents, so that none of them can go stale.

    Scripts/run-documented-commands.py [--path FOLDER] FILE.md ...

An example is a ```sh block right after a line `<!-- ci: run -->`. Each one is run in the package's folder by a
bash of its own (`-euo pipefail`), in the order of the document; a leading "$ " is left off. The first failure
ends the run with exit code 1. Documents without any marked example are an error: a marker may have been lost.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARKER = "<!-- ci: run -->"
FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})(?P<language>\S*)\s*$")
PROMPT = re.compile(r"^\$ ", re.MULTILINE)


class DocumentError(Exception):
    """A marker that no example follows, or an example that does not end."""


@dataclass(frozen=True)
class Example:
    """One marked block of commands."""

    document: Path
    line: int
    commands: str

    @property
    def place(self) -> str:
        return f"{self.document}:{self.line}"


def block_after(lines: list[str], marker: int, document: Path) -> Example:
    """The ```sh block that follows the marker at index `marker`."""
    start = next((i for i in range(marker + 1, len(lines)) if lines[i].strip()), len(lines))
    opening = FENCE.match(lines[start]) if start < len(lines) else None
    if opening is None or opening["language"] not in {"sh", "bash"}:
        raise DocumentError(f"{document}:{marker + 1}: no ```sh block follows this marker")
    end = next((i for i in range(start + 1, len(lines)) if lines[i].rstrip() == opening["fence"]), None)
    if end is None:
        raise DocumentError(f"{document}:{start + 1}: this block does not end")
    return Example(document, start + 2, PROMPT.sub("", "\n".join(lines[start + 1 : end]) + "\n"))


def examples_of(document: Path) -> list[Example]:
    """The marked examples of a document, in order. A marker shown inside a code block is text, not a marker."""
    lines = document.read_text(encoding="utf-8").splitlines()
    examples: list[Example] = []
    fence: str | None = None
    for index, line in enumerate(lines):
        found = FENCE.match(line)
        if fence is not None:
            fence = None if line.rstrip() == fence else fence
        elif found is not None:
            fence = found["fence"]
        elif line.strip() == MARKER:
            examples.append(block_after(lines, index, document))
    return examples


def run(example: Example, environment: dict[str, str]) -> int:
    """Runs an example with its commands echoed, and gives back its exit code."""
    print(f"== {example.place}", flush=True)
    print("".join(f"   {line}\n" for line in example.commands.splitlines()), end="", flush=True)
    start = time.monotonic()
    command = ["bash", "-euo", "pipefail", "-c", example.commands]
    code = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    print(f"== {example.place}: exit code {code}, {time.monotonic() - start:.1f} s", flush=True)
    return code


def environment_with(folder: Path | None) -> dict[str, str]:
    """This process's environment, with `folder` first on PATH."""
    if folder is None:
        return dict(os.environ)
    return {**os.environ, "PATH": f"{folder.resolve()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--path", type=Path, metavar="FOLDER", help="folder to put first on PATH for the examples")
    parser.add_argument("documents", nargs="+", type=Path, metavar="FILE.md")
    arguments = parser.parse_args()

    try:
        examples = [example for document in arguments.documents for example in examples_of(document)]
    except (OSError, DocumentError) as error:
        print(f"run-documented-commands: {error}", file=sys.stderr)
        return 1
    if not examples:
        print(f"run-documented-commands: no example marked {MARKER} in these documents", file=sys.stderr)
        return 1
    environment = environment_with(arguments.path)
    return 1 if any(run(example, environment) != 0 for example in examples) else 0


if __name__ == "__main__":
    sys.exit(main())
