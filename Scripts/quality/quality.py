"""Measures the quality of SoftISP beside its peers and checks its bars.

    quality.py --softisp .build/release/softisp [--output docs/quality.md] [SECTION ...]

Prints a Markdown report; exit code 1 when a bar is missed, 69 when data or a tool is not there.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import colour_chart
import defects
import demosaic
import denoise
import dim
import highlights
import moire
import phases
import sharpness
from command_peers import CommandPeerError
from peers import PeerError
from report import report
from section import Context
from softisp import SoftISPError
from truth_data import UNAVAILABLE, DataError, truth_files

SECTIONS = {
    "demosaic": demosaic,
    "moire": moire,
    "colour": colour_chart,
    "highlights": highlights,
    "denoise": denoise,
    "dim": dim,
    "sharpness": sharpness,
    "defects": defects,
    "phases": phases,
}


def progress(text: str) -> None:
    print(f"quality: {text}", file=sys.stderr, flush=True)


def measure(softisp: Path, names: list[str], output: Path | None) -> bool:
    """Measures, reports, and tells whether every bar is cleared."""
    truth_files()
    sections = []
    with tempfile.TemporaryDirectory(prefix="softisp-quality-") as folder:
        context = Context(softisp, Path(os.environ["SOFTISP_DATA"]), Path(folder))
        for name in names:
            start = time.monotonic()
            sections.append(SECTIONS[name].measure(context))
            progress(f"{name}: {time.monotonic() - start:.0f} s")
    text = report(sections)
    print(text, end="")
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    findings = [finding for section in sections for finding in section.findings]
    for finding in findings:
        if not finding.is_kept:
            progress(str(finding))
    return all(finding.is_kept for finding in findings)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--softisp", type=Path, required=True, help="the softisp command to measure")
    parser.add_argument("--output", type=Path, help="Markdown file to write the report to as well")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; default all")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    try:
        return 0 if measure(arguments.softisp, arguments.sections or list(SECTIONS), arguments.output) else 1
    except (DataError, PeerError, CommandPeerError, SoftISPError) as error:
        progress(str(error))
        return UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main())
