"""Measures the development of a raw file to a 16-bit TIFF: `softisp develop` beside LibRaw (rawpy, AHD).

    bench_develop.py --softisp .build/release/softisp [--pairs 7] [--demosaic NAME] [RAW]

Whole processes are measured, start-up and file writing included, in pairs one right after the other, since a
machine's speed drifts: the ratios within pairs are what holds. Without RAW it takes the largest DNG file of
$SOFTISP_DATA/raw. This process stays small and imports nothing heavy: on Linux a child's peak memory counts from
what its parent had.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PEER_SCRIPT = Path(__file__).with_name("develop_with_rawpy.py")
UNAVAILABLE = 69

NO_FILE = (
    "name a raw file (make bench-develop FILE=picture.dng), or set SOFTISP_DATA to a folder that has DNG files in raw/"
)


# What LibRaw does not do here either.
ALIKE = ["--denoise", "0", "--chroma-denoise", "0", "--sharpen", "0", "--highlights", "clip"]


class BenchError(Exception):
    """Something needed is not there or failed; the text says what."""


@dataclass(frozen=True)
class Run:
    """What one process took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float  # MiB, peak
    output: str


def measure(command: list[str]) -> Run:
    """Runs a command to its end."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise BenchError(f"{command[0]} failed with exit code {process.returncode}: {errors.read().strip()}")
        to_mib = 1 / 1024**2 if sys.platform == "darwin" else 1 / 1024
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * to_mib, output.read())


def ask(command: list[str]) -> str:
    """The output of a command that is not measured."""
    try:
        return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    except FileNotFoundError as error:
        raise BenchError(f"{command[0]} is not there; `make build` makes it") from error
    except subprocess.CalledProcessError as error:
        raise BenchError(f"{command[0]} failed: {error.stderr.strip()}") from error


def pixels(files: list[Path]) -> list[int]:
    """The number of pixels of raw files."""
    return [int(line) for line in ask([sys.executable, str(PEER_SCRIPT), "--sizes", *map(str, files)]).splitlines()]


def largest_dng() -> Path:
    """The DNG file of $SOFTISP_DATA/raw with the most pixels."""
    root = os.environ.get("SOFTISP_DATA")
    files = sorted(Path(root, "raw").glob("*.dng")) if root else []
    if not files:
        raise BenchError(NO_FILE)
    return max(zip(pixels(files), files, strict=True))[1]


def directional_demosaic(softisp: Path) -> str:
    """The name of SoftISP's directional demosaic."""
    rows = json.loads(ask([str(softisp), "list", "demosaic", "--json"]))
    name = next((row["name"] for row in rows if row.get("class") == "directional"), None)
    if name is None:
        raise BenchError("softisp lists no directional demosaic; name one with --demosaic")
    return name


def run_pairs(ours: list[str], theirs: list[str], count: int) -> list[tuple[Run, Run]]:
    """A warm-up pair and then `count` pairs; the order within a pair alternates."""
    pairs: list[tuple[Run, Run]] = []
    for index in range(count + 1):
        if index % 2 == 0:
            our_run, their_run = measure(ours), measure(theirs)
        else:
            their_run, our_run = measure(theirs), measure(ours)
        label = f"pair {index} of {count}" if index else "warm-up"
        print(f"bench: {label}: {our_run.wall:.2f} s, {their_run.wall:.2f} s", file=sys.stderr, flush=True)
        pairs.append((our_run, their_run))
    return pairs[1:]


def row(name: str, unit: str, ours: list[float], theirs: list[float]) -> str:
    """One quantity: both medians, their ratio, and the median of the ratios within pairs."""
    of_medians = median(theirs) / median(ours)
    within_pairs = median(their / our for our, their in zip(ours, theirs, strict=True))
    return (
        f"| {name} | {median(ours):.2f} {unit} | {median(theirs):.2f} {unit} | {of_medians:.2f} | {within_pairs:.2f} |"
    )


def report(pairs: list[tuple[Run, Run]], demosaic: str, file: Path, pixel_count: int) -> str:
    """The figures as a Markdown table."""
    ours, theirs = [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    without_imports = [float(run.output) for run in theirs]
    lines = [
        f"{file.name}, {pixel_count / 1e6:.1f} megapixels, to 16-bit TIFF; medians of {len(pairs)} interleaved pairs;",
        "ratios are LibRaw over SoftISP, so more than 1 is in SoftISP's favour.",
        "",
        f"| whole process | softisp ({demosaic}) | rawpy (AHD) | ratio of medians | median of ratios |",
        "| --- | ---: | ---: | ---: | ---: |",
        row("wall time", "s", [run.wall for run in ours], [run.wall for run in theirs]),
        row("wall time, rawpy without imports", "s", [run.wall for run in ours], without_imports),
        row("processor time", "s", [run.cpu for run in ours], [run.cpu for run in theirs]),
        row("peak memory", "MiB", [run.memory for run in ours], [run.memory for run in theirs]),
    ]
    return "\n".join(lines)


def bench(softisp: Path, file: Path, demosaic: str, count: int) -> str:
    """Measures and reports."""
    with tempfile.TemporaryDirectory(prefix="softisp-bench-") as folder:
        options = ["--bits", "16", "--demosaic", demosaic, "--overwrite"]
        ours = [str(softisp), "develop", str(file), "-o", str(Path(folder, "softisp.tiff")), *options]
        theirs = [sys.executable, str(PEER_SCRIPT), str(file), str(Path(folder, "rawpy.tiff"))]
        size = pixels([file])[0]
        alike = report(run_pairs([*ours, *ALIKE], theirs, count), f"{demosaic}, the same work", file, size)
        whole = report(run_pairs(ours, theirs, count), f"{demosaic}, its defaults", file, size)
        return f"{alike}\n\nWith denoise, sharpening and highlight reconstruction, which rawpy does not do:\n\n{whole}"


def positive(text: str) -> int:
    if (value := int(text)) < 1:
        raise ValueError
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--softisp", type=Path, required=True, help="the softisp command to measure")
    parser.add_argument("--pairs", type=positive, default=7, help="how many pairs of runs (default 7)")
    parser.add_argument("--demosaic", help="SoftISP's demosaic (default: its directional one)")
    parser.add_argument("raw", type=Path, nargs="?", help="raw file (default: the largest DNG of $SOFTISP_DATA/raw)")
    arguments = parser.parse_args()
    try:
        file = arguments.raw or largest_dng()
        demosaic = arguments.demosaic or directional_demosaic(arguments.softisp)
        print(bench(arguments.softisp, file, demosaic, arguments.pairs))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return UNAVAILABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
