"""The report of all measurements as Markdown."""

from __future__ import annotations

import datetime
import platform
from importlib.metadata import version
from pathlib import Path

import rawpy
from command_peers import DARKTABLE, RAWTHERAPEE, available
from command_peers import version as program_version
from section import Section, ours_bold

PACKAGES = ["rawpy", "opencv-python-headless", "scikit-image", "colour-demosaicing", "numpy"]


def processor() -> str:
    """The processor's name as its maker gives it."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(header: list[str], rows: list[list[str]], text_columns: int) -> str:
    """A Markdown table whose first `text_columns` columns are text and whose others are numbers."""
    rule = ["---"] * text_columns + ["---:"] * (len(header) - text_columns)
    return "".join(f"| {' | '.join(row)} |\n" for row in [header, rule, *rows])


def text_of(section: Section) -> str:
    rows = [ours_bold(row, section.text_columns) for row in section.rows]
    parts = [f"## {section.title}\n\n{section.text}\n\n", table(section.header, rows, section.text_columns)]
    if section.findings:
        parts.append("\n" + "".join(f"- {finding}\n" for finding in section.findings))
    if section.behind:
        parts.append("\nAhead of SoftISP here:\n\n" + "".join(f"- {line}\n" for line in section.behind))
    return "".join(parts)


def report(sections: list[Section]) -> str:
    """The whole document."""
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    programs = [program_version(program) for program in (RAWTHERAPEE, DARKTABLE) if available(program)]
    libraw = ".".join(map(str, rawpy.libraw_version))
    body = "\n".join(text_of(section) for section in sections)
    return f"""\
# Quality beside peers

What SoftISP makes of real frames and of frames whose truth is known, and what the libraries and programs that people use
instead make of the same frames. `make quality` measures all of it and writes this page; a bar that is missed fails it.
Pictures for the eye are in the gallery, `make gallery`.

{body}
## How it was measured

On {datetime.date.today().isoformat()}, {processor()}, by `make quality`. Peers: {versions}, LibRaw {libraw}, \
{", ".join(programs) or "no raw developer"}; Python {platform.python_version()}. Frames of known truth come from `softisp capture`
([the synthetic camera](synthetic.md)).
"""
