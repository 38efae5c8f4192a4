"""Measures the demosaic quality of SoftISP beside OpenCV, LibRaw and colour-demosaicing, and checks its bars.

    compare_demosaic.py --softisp .build/release/softisp [--output docs/quality.md]

Prints a Markdown report; exit code 1 when a bar is missed, 69 when data or a tool is not there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from images import TruthSet, load_truth, rggb_mosaic
from peers import COLOUR_DEMOSAICING, MALVAR, PeerError, all_peers
from report import report
from scores import DIRECTIONAL_BARS, MALVAR_BARS, OURS, Finding, Score, check_agreement, check_bars, score
from softisp import Algorithm, SoftISPError, develop, list_algorithms, write_raw_dumps
from truth_data import UNAVAILABLE, DataError


def progress(text: str) -> None:
    print(f"quality: {text}", file=sys.stderr, flush=True)


def measure_ours(softisp: Path, algorithms: list[Algorithm], sets: list[TruthSet]) -> list[Score]:
    """The scores of SoftISP's own algorithms."""
    scores: list[Score] = []
    with tempfile.TemporaryDirectory(prefix="softisp-quality-") as folder:
        raws = write_raw_dumps(sets, Path(folder))
        for algorithm in algorithms:
            progress(f"{OURS} {algorithm.name}")
            answers = develop(softisp, algorithm.name, raws, Path(folder, algorithm.name))
            scores.append(score(OURS, algorithm.name, answers, sets))
    return scores


def measure_peers(sets: list[TruthSet]) -> list[Score]:
    """The scores of the peers."""
    mosaics = {name: rggb_mosaic(picture) for truth in sets for name, picture in truth.pictures.items()}
    scores: list[Score] = []
    for peer in all_peers():
        progress(f"{peer.library} {peer.method}")
        answers = {name: peer.demosaic(mosaic) for name, mosaic in mosaics.items()}
        scores.append(score(peer.library, peer.method, answers, sets))
    return scores


def check(algorithms: list[Algorithm], ours: list[Score], peers: list[Score], sets: list[TruthSet]) -> list[Finding]:
    """Every promise about SoftISP's algorithms."""
    malvar = next((entry for entry in ours if entry.method.lower().startswith("malvar")), None)
    directional_names = {algorithm.name for algorithm in algorithms if algorithm.kind == "directional"}
    directional = [entry for entry in ours if entry.method in directional_names]
    best = max(directional, key=lambda entry: entry.mean(sets[0]), default=None)
    peer = next(entry for entry in peers if (entry.library, entry.method) == (COLOUR_DEMOSAICING, MALVAR))
    return [
        *check_bars(malvar, "Malvar", MALVAR_BARS, sets),
        *check_agreement(malvar, peer, sets),
        *check_bars(best, "The directional demosaic", DIRECTIONAL_BARS, sets),
    ]


def compare(softisp: Path, output: Path | None) -> bool:
    """Measures, reports, and tells whether every bar is cleared."""
    sets = load_truth()
    algorithms = list_algorithms(softisp)
    ours = measure_ours(softisp, algorithms, sets)
    peers = measure_peers(sets)
    findings = check(algorithms, ours, peers, sets)
    text = report(ours + peers, sets, [str(finding) for finding in findings])
    print(text, end="")
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    for finding in findings:
        if not finding.is_kept:
            progress(str(finding))
    return all(finding.is_kept for finding in findings)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--softisp", type=Path, required=True, help="the softisp command to measure")
    parser.add_argument("--output", type=Path, help="Markdown file to write the report to as well")
    arguments = parser.parse_args()
    try:
        return 0 if compare(arguments.softisp, arguments.output) else 1
    except (DataError, PeerError, SoftISPError) as error:
        progress(str(error))
        return UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main())
