"""Measures SoftISP beside its peers on the same raw frames: Halide, OpenCV, LibRaw, GStreamer, and what memory allows.

    bench_peers.py [--plan-bench .build/release/PlanBench] [--rounds 21] [--quick] [--output docs/performance.md] [--json FILE]

Prints a Markdown report and what has to hold. Without --plan-bench it measures the peers alone. Exit code 1 when something that
has to hold does not, or the comparison is void; 69 when data or a tool is not there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from peer_client import PeerFailure
from peer_contestants import of_camera_file, of_scenes
from peer_data import UNAVAILABLE, DataError, PeerData, find_data
from peer_frames import SIZES, camera_frame, scene_frames
from peer_gates import Quality, softisp_gates, void_checks
from peer_quality import halide_quality, softisp_quality
from peer_report import Run, as_json, markdown, write_markdown
from peer_rounds import Patience, measure

ROUNDS = 21
QUICK_ROUNDS = 5
FEWEST_ROUNDS = 15  # for figures that are published


def progress(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def measure_quality(data: PeerData, plan_bench: Path | None, folder: Path) -> Quality:
    """Both demosaics; SoftISP's is one gate among others, so what is wrong with it does not end the run."""
    progress("quality")
    ours, problem = None, ""
    if plan_bench:
        try:
            ours = softisp_quality(plan_bench, data.truth, folder)
        except PeerFailure as failure:
            problem = str(failure)
    return Quality(halide_quality(data.truth, folder), ours, len(data.truth), problem)


def run_all(data: PeerData, plan_bench: Path | None, rounds: int, is_quick: bool, folder: Path) -> Run:
    """Measures everything."""
    patience = Patience()
    labels = list(SIZES)[:1] if is_quick else list(SIZES)
    scenes = [
        measure(frame, of_scenes(plan_bench), [1, 2], rounds, patience, progress)
        for frame in scene_frames(data, folder, labels)
    ]
    camera_file = None
    if not is_quick:
        camera_file = measure(camera_frame(data, folder), of_camera_file(plan_bench), [1], rounds, patience, progress)
    quality = measure_quality(data, plan_bench, folder)
    gates = softisp_gates(scenes, quality) if plan_bench else []
    command = "make bench-peers" if plan_bench else "bench_peers.py"
    return Run(
        scenes,
        camera_file,
        quality,
        void_checks(scenes, quality),
        gates,
        rounds,
        f'{command} ARGS="--quick"' if is_quick else command,
        patience,
    )


def positive(text: str) -> int:
    if (value := int(text)) < 1:
        raise ValueError
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--plan-bench", type=Path, help="SoftISP's PlanBench; without it the peers alone are measured")
    parser.add_argument("--rounds", type=positive, help=f"how many rounds (default {ROUNDS})")
    parser.add_argument("--quick", action="store_true", help=f"1080p alone, {QUICK_ROUNDS} rounds, no report to a file")
    parser.add_argument("--output", type=Path, help="Markdown file to put the report into, between its marks")
    parser.add_argument("--json", type=Path, help="file to write everything to as JSON")
    arguments = parser.parse_args()
    rounds = arguments.rounds or (QUICK_ROUNDS if arguments.quick else ROUNDS)
    try:
        data = find_data()
        if arguments.plan_bench and not arguments.plan_bench.exists():
            raise PeerFailure(f"{arguments.plan_bench} is not there; `make bench-peers` builds it")
        with tempfile.TemporaryDirectory(prefix="softisp-bench-") as folder:
            run = run_all(data, arguments.plan_bench, rounds, arguments.quick, Path(folder))
    except (DataError, PeerFailure) as error:
        progress(str(error))
        return UNAVAILABLE
    text = markdown(run)
    print(text, end="")
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(run), indent=2) + "\n", encoding="utf-8")
    if arguments.output and not arguments.quick and rounds >= FEWEST_ROUNDS:
        write_markdown(text, arguments.output)
    judged = [*run.checks, *run.gates]
    for gate in judged:
        progress(str(gate))
    return 0 if all(gate.is_kept for gate in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
