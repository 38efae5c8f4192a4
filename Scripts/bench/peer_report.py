"""The report of `bench_peers.py`: Markdown for docs/performance.md, and everything as JSON."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))

import rawpy
from gstreamer_peer import COMMAND as GSTREAMER_COMMAND
from peer_contestants import (
    CAMERA_PIPE,
    COLOR,
    COLOR_RAW10,
    GSTREAMER,
    LIBRAW,
    OPENCV_8_BIT,
    OPENCV_16_BIT,
    OPENCV_RAW10,
    OURS,
    VIDEO,
)
from peer_gates import HALIDE_NAMES, Gate, Quality, our_entry
from peer_others import STAT
from peer_rounds import OTHERS, Entry, Measured, Patience
from report import processor, table
from section import ours_bold

PACKAGES = ["halide", "opencv-python-headless", "rawpy", "numpy"]
BEGIN, END = "<!-- bench-peers: written by `make bench-peers` -->", "<!-- bench-peers: end -->"
NOTHING = "–"


@dataclass(frozen=True)
class Run:
    """All that was found in one run, and how."""

    scenes: list[Measured]
    camera_file: Measured | None
    quality: Quality
    checks: list[Gate]
    gates: list[Gate]
    rounds: int
    command: str
    patience: Patience

    @property
    def frames(self) -> list[Measured]:
        return [*self.scenes, *([self.camera_file] if self.camera_file else [])]


def versions() -> dict[str, str]:
    """The versions of everything measured."""
    found = {package: version(package) for package in PACKAGES}
    found["LibRaw"] = ".".join(map(str, rawpy.libraw_version))
    try:
        words = subprocess.run([GSTREAMER_COMMAND, "--version"], check=True, capture_output=True, text=True).stdout
        found["GStreamer"] = words.split()[2]
    except (OSError, subprocess.CalledProcessError, IndexError):
        pass
    return found | {"Python": platform.python_version()}


def names(frames: list[Measured], threads: int) -> list[str]:
    """The contestants, in their order."""
    entries = {entry: None for measured in frames for entry in [*measured.series, *measured.missing]}
    order = {name: None for name, count in entries if count == threads}
    return sorted(order, key=rank)


def rank(name: str) -> int:
    """SoftISP first; the others stay in their order."""
    return 0 if name.startswith(OURS) else 1


def row(name: str, cells: list[str]) -> list[str]:
    library, _, work = name.partition(", ")
    return ours_bold([library, work, *cells], 1)


def one_thread(frames: list[Measured]) -> str:
    """Medians with what one round in ten stays below and exceeds."""

    def cell(measured: Measured, entry: Entry) -> str:
        if entry not in measured.series:
            return NOTHING
        low, high = measured.spread(entry)
        return f"{measured.median(entry):.2f} ({low:.2f} to {high:.2f})"

    rows = [row(name, [cell(measured, (name, 1)) for measured in frames]) for name in names(frames, 1)]
    return table(["library", "work", *(heading(measured) for measured in frames)], rows, 2)


def two_threads(frames: list[Measured]) -> str:
    """Medians, and how many times as fast as one thread."""

    def cell(measured: Measured, name: str) -> str:
        if (name, 1) not in measured.series or (name, 2) not in measured.series:
            return NOTHING
        return f"{measured.median((name, 2)):.2f} ({measured.scaling(name):.2f} times)"

    rows = [row(name, [cell(measured, name) for measured in frames]) for name in names(frames, 2)]
    return table(["library", "work", *(heading(measured) for measured in frames)], rows, 2)


def heading(measured: Measured) -> str:
    return f"{measured.frame.label}, {measured.frame.size}"


def ratios(run: Run) -> str:
    """SoftISP over the peer that does the like, one thread: ratio of medians and median of the ratios within rounds."""
    scene_pairs = [
        (CAMERA_PIPE, "Halide, its fastest", None),
        (COLOR, OPENCV_8_BIT.name, OPENCV_8_BIT.name),
        (COLOR, OPENCV_16_BIT.name, OPENCV_16_BIT.name),
        (COLOR_RAW10, f"{OPENCV_8_BIT.name} (from words: unpacking left out)", OPENCV_8_BIT.name),
        (COLOR_RAW10, f"{OPENCV_RAW10.name} (unpacking included)", OPENCV_RAW10.name),
        (VIDEO, GSTREAMER.name, GSTREAMER.name),
    ]
    camera_pairs = [(CAMERA_PIPE, peer.name, peer.name) for peer in LIBRAW]

    def cell(measured: Measured, work: str, name: str | None) -> str:
        peer = (name, 1) if name else measured.fastest(HALIDE_NAMES, 1)
        ours = our_entry(work)
        if peer is None or ours not in measured.series or peer not in measured.series:
            return NOTHING
        ratio = measured.ratio(ours, peer)
        return f"{ratio.of_medians:.3f} / {ratio.within_rounds:.3f}"

    rows = [
        [f"**{OURS}**, {work}", label, *(cell(measured, work, name) for measured in run.frames)]
        for work, label, name in [*scene_pairs, *(camera_pairs if run.camera_file else [])]
    ]
    rows = [cells for cells in rows if set(cells[2:]) != {NOTHING}]
    return table(["", "over", *(heading(measured) for measured in run.frames)], rows, 2) if rows else ""


def missing(run: Run) -> list[str]:
    """Who is not in the tables, and why; once, not for every frame and number of threads."""
    reasons: dict[str, None] = {}
    for measured in run.frames:
        for reason in measured.missing.values():
            reasons[reason] = None
    return list(reasons)


def disturbances(patience: Patience) -> str:
    """How far the figures are those of a machine without other work."""
    if not STAT.exists():
        return "What else ran beside is not known."
    if patience.disturbed == 0:
        return "Nothing else ran beside."
    return (
        f"In {patience.disturbed} of {patience.turns} measurements other programs took more than {OTHERS} of a core: "
        "these are worth less."
    )


def bullets(lines: list[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def markdown(run: Run) -> str:
    """The part of docs/performance.md between its marks."""
    today = datetime.date.today().isoformat()
    found = ", ".join(f"{name} {number}" for name, number in versions().items())
    with_two = [measured for measured in run.scenes if any(threads == 2 for _, threads in measured.series)]
    quality = run.quality
    parts = [
        f"{today}, {processor()}, {os.cpu_count()} cores; `{run.command}`. {found}. {disturbances(run.patience)}\n",
        f"Nanoseconds per pixel on one thread, medians of {run.rounds} interleaved rounds (in brackets what one round in "
        "ten stays below and exceeds):\n",
        one_thread(run.frames),
    ]
    if with_two:
        parts += ["On two threads:\n", two_threads(with_two)]
    if missing(run):
        parts += ["Not measured:\n", bullets(missing(run))]
    if ratio_table := ratios(run):
        parts += [
            "Ratios, one thread (of the medians / median of the ratios within rounds); less than 1 is in SoftISP's favour:\n",
            ratio_table,
        ]
    if quality.halide is not None:
        ours = f", SoftISP's `malvar-check` {quality.softisp:.2f} dB" if quality.softisp is not None else ""
        parts.append(
            f"Demosaic quality, mean colour PSNR of {quality.pictures} Kodak pictures: Halide {quality.halide:.2f} dB{ours}.\n"
        )
    void = [check for check in run.checks if not check.is_kept]
    parts.append(
        f"The comparison with Halide is {'VOID' if void else 'valid'}:\n\n"
        + bullets([str(check) for check in run.checks])
    )
    if run.gates:
        parts.append("What has to hold:\n\n" + bullets([str(gate) for gate in run.gates]))
    return "\n".join(parts)


def write_markdown(text: str, file: Path) -> None:
    """Puts the report between its marks, or at the file's end when there are none."""
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        before, after = f"{old.rstrip()}\n\n" if old else "", "\n"
    file.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def as_json(run: Run) -> dict[str, object]:
    """Everything, each round's figure included."""

    def entries(measured: Measured) -> list[dict[str, object]]:
        return [
            {
                "name": name,
                "threads": threads,
                "median": measured.median((name, threads)),
                "p10": measured.spread((name, threads))[0],
                "p90": measured.spread((name, threads))[1],
                "rounds": measured.series[name, threads],
            }
            for name, threads in measured.series
        ]

    def judged(gates: list[Gate]) -> list[dict[str, object]]:
        return [{"promise": gate.promise, "figures": gate.figures, "kept": gate.is_kept} for gate in gates]

    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "turns": run.patience.turns,
        "disturbed_turns": run.patience.disturbed,
        "command": run.command,
        "versions": versions(),
        "unit": "ns per pixel",
        "rounds": run.rounds,
        "frames": [
            {
                "label": measured.frame.label,
                "width": measured.frame.width,
                "height": measured.frame.height,
                "contestants": entries(measured),
                "missing": [
                    {"name": name, "threads": threads, "reason": reason}
                    for (name, threads), reason in measured.missing.items()
                ],
            }
            for measured in run.frames
        ],
        "quality": {"halide": run.quality.halide, "softisp": run.quality.softisp, "pictures": run.quality.pictures},
        "void_checks": judged(run.checks),
        "gates": judged(run.gates),
    }
