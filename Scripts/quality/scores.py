"""Scores of demosaic methods, and the bars that SoftISP's own must clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from images import Picture, TruthSet
from metrics import psnr, ssim
from section import Finding

# Mean CPSNR in dB that an algorithm must reach, by set.
MALVAR_BARS = {"Kodak": 35.95, "McMaster": 34.05}
DIRECTIONAL_BARS = {"Kodak": 39.0, "McMaster": 33.5}

# How far the mean of our Malvar filter may be from colour-demosaicing's, in dB.
MALVAR_AGREEMENT = 0.02


@dataclass(frozen=True)
class Score:
    """The CPSNR and the SSIM of one method on every picture, by the picture's name."""

    library: str
    method: str
    by_picture: Mapping[str, float]
    ssim_by_picture: Mapping[str, float]

    def mean(self, truth: TruthSet) -> float:
        return float(np.mean([self.by_picture[name] for name in truth.pictures]))

    def mean_ssim(self, truth: TruthSet) -> float:
        return float(np.mean([self.ssim_by_picture[name] for name in truth.pictures]))


def score(library: str, method: str, answers: Mapping[str, Picture], sets: list[TruthSet]) -> Score:
    """The score of a method from its answers."""
    truths = {name: picture for truth in sets for name, picture in truth.pictures.items()}
    return Score(
        library,
        method,
        {name: psnr(answers[name] / 255, picture / 255) for name, picture in truths.items()},
        {name: ssim(answers[name] / 255, picture / 255) for name, picture in truths.items()},
    )


def check_bars(ours: Score | None, what: str, bars: Mapping[str, float], sets: list[TruthSet]) -> Iterator[Finding]:
    """Whether an algorithm reaches its bar on every set."""
    if ours is None:
        yield Finding(f"{what}: `softisp list demosaic --json` has no such algorithm", is_kept=False)
        return
    for truth in sets:
        mean, bar = ours.mean(truth), bars[truth.name]
        yield Finding(f"{what} (`{ours.method}`) on {truth.name}: {mean:.3f} dB, at least {bar:.2f}", mean >= bar)


def check_agreement(ours: Score | None, theirs: Score, sets: list[TruthSet]) -> Iterator[Finding]:
    """Whether our Malvar filter and a peer's are the same filter."""
    if ours is None:
        return
    for truth in sets:
        distance = abs(ours.mean(truth) - theirs.mean(truth))
        by_picture = {name: abs(ours.by_picture[name] - theirs.by_picture[name]) for name in truth.pictures}
        worst = max(by_picture, key=by_picture.__getitem__)
        yield Finding(
            f"Malvar and {theirs.library}'s on {truth.name}: means {distance:.3f} dB apart, at most "
            f"{MALVAR_AGREEMENT}; pictures at most {by_picture[worst]:.3f} dB ({worst})",
            distance <= MALVAR_AGREEMENT,
        )
