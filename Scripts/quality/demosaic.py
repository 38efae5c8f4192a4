"""Demosaic quality on pictures with known colours at every pixel, beside every peer that can be asked."""

from __future__ import annotations

import numpy as np
from command_peers import DARKTABLE, RAWTHERAPEE, CommandPeerError, available, darktable, rawtherapee
from images import Picture, TruthSet, load_truth, rggb_mosaic, to_8_bit
from metrics import BORDER, decode, inside
from peers import COLOUR_DEMOSAICING, MALVAR, TO_16_BIT, all_peers
from raw import Raw
from scores import DIRECTIONAL_BARS, MALVAR_BARS, Score, check_agreement, check_bars, score
from section import OURS, Context, Section
from softisp import DEMOSAIC_ALONE, Algorithm, develop, list_algorithms, write_raw_dumps

RAWTHERAPEE_METHODS = ["amaze", "rcd", "dcb", "igv", "lmmse", "hphd", "ahd"]


def measure_ours(context: Context, algorithms: list[Algorithm], sets: list[TruthSet]) -> list[Score]:
    """The scores of SoftISP's own algorithms."""
    raws = write_raw_dumps(sets, context.folder)
    return [
        score(
            OURS,
            algorithm.name,
            develop(context.softisp, algorithm.name, raws, context.folder / algorithm.name),
            sets,
        )
        for algorithm in algorithms
    ]


def measure_peers(context: Context, sets: list[TruthSet]) -> list[Score]:
    """The scores of the peers."""
    pictures = {name: picture for truth in sets for name, picture in truth.pictures.items()}
    mosaics = {name: rggb_mosaic(picture) for name, picture in pictures.items()}
    scores: list[Score] = []
    for peer in all_peers():
        answers = {name: peer.demosaic(mosaic) for name, mosaic in mosaics.items()}
        scores.append(score(peer.library, peer.method, answers, sets))
    flat = np.empty((512, 768, 3), np.uint8)
    flat[:] = (60, 120, 200)
    raws = [raw_of(name, picture) for name, picture in {**pictures, "flat": flat}.items()]

    def add(library: str, method: str, developed: dict[str, np.ndarray]) -> None:
        answers = {name: to_8_bit(decode(picture) * 255) for name, picture in developed.items()}
        if not np.array_equal(inside(answers.pop("flat")), inside(flat)):
            raise CommandPeerError(f"{library} {method} does not give a flat field back")
        scores.append(score(library, method, answers, sets))

    if available(RAWTHERAPEE):
        for method in RAWTHERAPEE_METHODS:
            add("RawTherapee", method, rawtherapee(raws, {"RAW Bayer": {"Method": method}}, context.folder))
    if available(DARKTABLE):
        add("darktable", "RCD", darktable(raws, context.folder))
    return scores


def raw_of(name: str, picture: Picture) -> Raw:
    """The mosaic of a picture on the full 16-bit scale."""
    return Raw(name, rggb_mosaic(picture).astype(np.uint16) * TO_16_BIT, "RGGB", 16, 0, 255 * TO_16_BIT, (1, 1, 1))


def measure(context: Context) -> Section:
    sets = load_truth()
    algorithms = list_algorithms(context.softisp)
    ours = measure_ours(context, algorithms, sets)
    theirs = measure_peers(context, sets)
    malvar = next((entry for entry in ours if entry.method.lower().startswith("malvar")), None)
    directional_names = {algorithm.name for algorithm in algorithms if algorithm.kind == "directional"}
    best = max(
        (entry for entry in ours if entry.method in directional_names),
        key=lambda entry: entry.mean(sets[0]),
        default=None,
    )
    peer = next(entry for entry in theirs if (entry.library, entry.method) == (COLOUR_DEMOSAICING, MALVAR))
    behind = []
    if best is not None:
        for truth in sets:
            for entry in theirs:
                if entry.mean(truth) > best.mean(truth):
                    behind.append(
                        f"{truth.name}: {entry.library} {entry.method} reaches {entry.mean(truth):.2f} dB against "
                        f"`{best.method}`'s {best.mean(truth):.2f}"
                    )
    rows = [
        [entry.library, entry.method]
        + [f"{entry.mean(truth):.2f} / {entry.mean_ssim(truth):.4f}" for truth in sets]
        for entry in sorted(ours + theirs, key=lambda entry: entry.mean(sets[0]), reverse=True)
    ]
    return Section(
        "Demosaic",
        "Mean colour PSNR in dB and SSIM on pictures with known colours at every pixel: the RGGB mosaic of the 8-bit sRGB "
        "values goes in, the developed picture is rounded to 8 bits and compared without a border of "
        f"{BORDER} pixels. Every method is checked to give flat fields back exactly. SoftISP runs with "
        f"`{' '.join(DEMOSAIC_ALONE)}`.",
        ["library", "method", *(f"{truth.name} ({len(truth.pictures)} pictures)" for truth in sets)],
        rows,
        2,
        [
            *check_bars(malvar, "Malvar", MALVAR_BARS, sets),
            *check_agreement(malvar, peer, sets),
            *check_bars(best, "The directional demosaic", DIRECTIONAL_BARS, sets),
        ],
        behind,
    )
