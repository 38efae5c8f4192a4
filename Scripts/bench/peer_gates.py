"""What has to hold. Ratios to peers of the same run are gated, never nanoseconds; the one bound in nanoseconds is on Halide,
whose pipeline must be as fast and as good as it can be to be a measure at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from peer_contestants import CAMERA_PIPE, COLOR, COLOR_RAW10, HALIDE, OPENCV_8_BIT, OURS
from peer_rounds import Entry, Measured

HALIDE_NAMES = [contestant.name for contestant in HALIDE]

CAMERA_PIPE_TO_HALIDE = 0.5
COLOR_TO_OPENCV = 0.35
SCALING = 1.85
OUR_QUALITY = 35.9  # dB
HALIDE_QUALITY = 32.0  # dB
# Nanoseconds per pixel on one thread, of the fastest tenth of its rounds: a slow hour of the machine says nothing about the
# pipeline.
HALIDE_TIME = 3.0
HALIDE_TIME_FRAMES = ["1080p", "5 MP"]


@dataclass(frozen=True)
class Gate:
    """One promise with its figures."""

    promise: str
    figures: str
    is_kept: bool

    def __str__(self) -> str:
        return f"{'pass' if self.is_kept else 'FAIL'}: {self.promise}: {self.figures}"


@dataclass(frozen=True)
class Quality:
    """Demosaic quality in dB; None where it was not measured."""

    halide: float | None
    softisp: float | None
    pictures: int
    problem: str = ""


def our_entry(work: str, threads: int = 1) -> Entry:
    return f"{OURS}, {work}", threads


def gate(promise: str, measured: Measured, needed: list[Entry | None], judge: Callable[[], tuple[str, bool]]) -> Gate:
    """A gate on entries that must have been measured."""
    for entry in needed:
        if entry is None or entry not in measured.series:
            reason = measured.missing.get(entry, "") if entry else "no Halide"
            return Gate(promise, reason or "not measured", False)
    return Gate(promise, *judge())


def ratio_gate(promise: str, measured: Measured, entry: Entry, to: Entry | None, most: float) -> Gate:
    def judge() -> tuple[str, bool]:
        assert to is not None
        ratio = measured.ratio(entry, to)
        figures = f"{ratio}; {measured.median(entry):.2f} to {measured.median(to):.2f} ns per pixel"
        return figures, ratio.of_medians <= most

    return gate(promise, measured, [entry, to], judge)


def scaling_gate(measured: Measured, best: Entry | None) -> Gate:
    """Two threads, or as good as Halide makes it of the same two cores."""
    one = our_entry(CAMERA_PIPE)

    def judge() -> tuple[str, bool]:
        assert best is not None
        ours, theirs = measured.scaling(one[0]), measured.scaling(best[0])
        return f"{ours:.2f} times; Halide {theirs:.2f} times", ours >= min(SCALING, theirs)

    return gate(
        f"{measured.frame.label}: camera-pipe on two threads is {SCALING} times as fast as on one, or as much as Halide's",
        measured,
        [one, (one[0], 2), best, (best[0], 2) if best else None],
        judge,
    )


def softisp_gates(scenes: list[Measured], quality: Quality) -> list[Gate]:
    """SoftISP's promises."""
    gates = []
    for measured in scenes:
        best = measured.fastest(HALIDE_NAMES, 1)
        opencv = (OPENCV_8_BIT.name, 1)
        label = measured.frame.label
        gates += [
            ratio_gate(
                f"{label}: camera-pipe takes at most {CAMERA_PIPE_TO_HALIDE} of Halide's fastest",
                measured,
                our_entry(CAMERA_PIPE),
                best,
                CAMERA_PIPE_TO_HALIDE,
            ),
            scaling_gate(measured, best),
            *(
                ratio_gate(
                    f"{label}: color from {source} takes at most {COLOR_TO_OPENCV} of OpenCV's 8-bit ISP from words",
                    measured,
                    our_entry(work),
                    opencv,
                    COLOR_TO_OPENCV,
                )
                for source, work in [("10-bit words", COLOR), ("CSI-2 RAW10", COLOR_RAW10)]
            ),
        ]
    reached = quality.softisp
    gates.append(
        Gate(
            f"SoftISP's demosaic reaches {OUR_QUALITY} dB on Kodak",
            f"{reached:.2f} dB" if reached is not None else quality.problem or "not measured",
            reached is not None and reached >= OUR_QUALITY,
        )
    )
    return gates


def void_checks(scenes: list[Measured], quality: Quality) -> list[Gate]:
    """What Halide must reach, or the comparison with it is void."""
    checks = []
    for measured in scenes:
        if measured.frame.label not in HALIDE_TIME_FRAMES:
            continue
        best = measured.fastest(HALIDE_NAMES, 1)
        reached = measured.spread(best)[0] if best else None
        checks.append(
            Gate(
                f"{measured.frame.label}: Halide reaches {HALIDE_TIME} ns per pixel on one thread",
                f"{reached:.2f} ns" if reached is not None else "not measured",
                reached is not None and reached <= HALIDE_TIME,
            )
        )
    reached = quality.halide
    checks.append(
        Gate(
            f"Halide's demosaic reaches {HALIDE_QUALITY:g} dB on Kodak",
            f"{reached:.2f} dB" if reached is not None else "not measured",
            reached is not None and reached >= HALIDE_QUALITY,
        )
    )
    return checks
