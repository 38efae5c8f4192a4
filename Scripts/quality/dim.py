"""A dim scene: an eighth of the exposure, pushed back in development."""

from __future__ import annotations

from collections.abc import Callable

import dataclasses

import numpy as np
from camera import Capture, capture
from images import every_nth_file
from library_peers import libraw, opencv
from metrics import Array, encode, psnr, ssim
from raw import Raw
from section import OURS, Context, Finding, Section
from softisp import develop_raw

EXPOSURE = 1 / 8
LEAST_GAIN = 4.0
EVERY = 4
OPTIONS = ["--matrix", "none", "--tone", "srgb", "--sharpen", "0", "--lens-shading", "off"]


def eight_bits(raw: Raw) -> Raw:
    """The same frame cut to 8 bits, as pipelines of 8 bits begin."""
    shift = raw.bits - 8
    return dataclasses.replace(
        raw,
        mosaic=raw.mosaic >> shift,
        bits=8,
        # Truncation takes half a code on average; a careful user knows.
        black=(raw.black - ((1 << shift) - 1) / 2) / (1 << shift),
        white=raw.white // (1 << shift),
        noise=None,
    )


def measure(context: Context) -> Section:
    shots = [
        capture(context, f"dim-{name}", file, "--psf", "0.5", "--iso", "100", "--exposure", str(EXPOSURE))
        for name, file in every_nth_file(EVERY)
    ]

    def ours(*options: str, cut: bool = False) -> Callable[[Capture], Array]:
        def run(shot: Capture) -> Array:
            exposure = f"{float(shot.exposure) - np.log2(EXPOSURE):.6f}"
            raw = eight_bits(shot.raw) if cut else shot.raw
            return develop_raw(context, raw, *OPTIONS, *options, "--exposure", exposure)

        return run

    def shown(light: Array, shot: Capture) -> Array:
        return encode(light / (shot.white_fraction * EXPOSURE))

    off = ["--denoise", "0", "--chroma-denoise", "0"]
    contenders: list[tuple[str, str, Callable[[Capture], Array]]] = [
        (OURS, "defaults", ours()),
        (OURS, "denoise off", ours(*off)),
        (OURS, "cut to 8 bits first, defaults", ours(cut=True)),
        (OURS, "cut to 8 bits first, denoise off", ours(*off, cut=True)),
        ("LibRaw", "AHD", lambda shot: shown(libraw(shot.raw, "AHD"), shot)),
        ("LibRaw", "DCB", lambda shot: shown(libraw(shot.raw, "DCB"), shot)),
        ("OpenCV", "edge-aware, 16 bits", lambda shot: shown(opencv(shot.raw), shot)),
        ("OpenCV", "edge-aware, 8 bits", lambda shot: shown(opencv(shot.raw, bits=8), shot)),
    ]
    rows: list[list[str]] = []
    values: dict[str, float] = {}
    for library, method, develop in contenders:
        answers = [(develop(shot), shot.truth) for shot in shots]
        value = float(np.mean([psnr(*pair) for pair in answers]))
        rows.append([library, method, f"{value:.2f}", f"{np.mean([ssim(*pair) for pair in answers]):.3f}"])
        values[f"{library} {method}"] = value
    findings = []
    for method in ("defaults", "denoise off"):
        gain = values[f"{OURS} {method}"] - values[f"{OURS} cut to 8 bits first, {method}"]
        findings.append(
            Finding(f"{method}: {gain:.2f} dB better than cut to 8 bits first, at least {LEAST_GAIN}", gain >= LEAST_GAIN)
        )
    return Section(
        "Dim scene",
        f"An eighth of the exposure of ordinary pictures, 12 bits at ISO 100, pushed by three stops: PSNR in dB and SSIM, "
        f"mean of {len(shots)} pictures.",
        ["library", "method", "PSNR", "SSIM"],
        rows,
        2,
        findings,
    )
