"""The report of the comparison as Markdown."""

from __future__ import annotations

import datetime
import platform
from importlib.metadata import version
from pathlib import Path

import rawpy
from images import BORDER, TruthSet
from scores import Score
from softisp import DEVELOP_OPTIONS

PACKAGES = ["colour-demosaicing", "opencv-python-headless", "rawpy", "numpy"]


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


def score_table(scores: list[Score], sets: list[TruthSet]) -> str:
    """All methods, the best on the first set at the top; SoftISP's own in bold."""
    rows = []
    for score in sorted(scores, key=lambda score: score.mean(sets[0]), reverse=True):
        names = [score.library, score.method]
        if score.is_ours:
            names = [f"**{name}**" for name in names]
        rows.append(names + [f"{score.mean(truth):.2f}" for truth in sets])
    header = ["library", "method"] + [f"{truth.name} ({len(truth.pictures)} pictures)" for truth in sets]
    return table(header, rows, text_columns=2)


def report(scores: list[Score], sets: list[TruthSet], findings: list[str]) -> str:
    """The whole document."""
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    libraw = ".".join(map(str, rawpy.libraw_version))
    return f"""\
# Demosaic quality beside peers

Mean colour PSNR in dB (higher is better) on pictures with known colours at every pixel: the RGGB mosaic of the
8-bit sRGB values goes in, the developed picture is rounded to 8 bits and compared, without a border of {BORDER} pixels;
one mean squared error over the three channels of a picture, then the mean of the decibels over the pictures of a set.

{score_table(scores, sets)}
{"".join(f"- {finding}{chr(10)}" for finding in findings)}
Every method is checked to give flat fields back exactly before it is measured. LibRaw reads the mosaic as a 16-bit
DNG and does nothing but the demosaic (no balance, scaling, brightening, colour conversion or gamma).

Measured on {datetime.date.today().isoformat()} ({processor()}) by `make quality`, which runs for each algorithm that
`softisp list demosaic` names:

```sh
softisp develop *.raw -o out/ --demosaic ALGORITHM \\
    {" ".join(DEVELOP_OPTIONS[:8])} \\
    {" ".join(DEVELOP_OPTIONS[8:])}
```

Peers: {versions}, with LibRaw {libraw} and Python {platform.python_version()}.
"""
