"""Highlights: bright pictures in which one or two channels are saturated, against what they would have been."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import rawpy
from camera import Capture, capture
from command_peers import DARKTABLE, RAWTHERAPEE, available, darktable, rawtherapee
from images import load_truth
from library_peers import libraw, opencv
from metrics import Array, ciede2000, decode, encode, hue_difference, lab
from scipy.ndimage import binary_erosion
from section import OURS, Context, Section
from softisp import develop_raw

EXPOSURE = 2.0
WHITE_FRACTION = 1.0
MARGIN = 16
LEAST_PIXELS = 500
OPTIONS = ["--matrix", "none", "--tone", "srgb", "--sharpen", "0", "--lens-shading", "off", "--denoise", "0"]


def partly_saturated(shot: Capture) -> Array:
    """Pixels where at least one colour is saturated in the frame, and not all three."""
    light = decode(shot.truth) * EXPOSURE * WHITE_FRACTION / np.array(shot.raw.gains)
    count = (light >= 0.97).sum(-1)
    chosen = (count > 0) & (count < 3)
    chosen[:MARGIN] = chosen[-MARGIN:] = False
    chosen[:, :MARGIN] = chosen[:, -MARGIN:] = False
    # Edges test the demosaic, not the highlights.
    return binary_erosion(chosen, iterations=1)


def measure(context: Context) -> Section:
    shots = []
    for truth, folder in zip(load_truth(), ("kodak", "mcm"), strict=True):
        for name in truth.pictures:
            shot = capture(
                context,
                f"bright-{name}",
                context.data / folder / f"{name}.png",
                *("--psf", "0.4", "--noiseless", "--exposure", str(EXPOSURE)),
                white_fraction=WHITE_FRACTION,
            )
            chosen = partly_saturated(shot)
            if chosen.sum() >= LEAST_PIXELS:
                shots.append((shot, chosen))

    def shown(light: Array) -> Array:
        return encode(light / EXPOSURE / WHITE_FRACTION)

    def ours(method: str) -> Callable[[Capture], Array]:
        exposure = f"{-np.log2(EXPOSURE * WHITE_FRACTION):.6f}"
        return lambda shot: develop_raw(context, shot.raw, *OPTIONS, "--highlights", method, "--exposure", exposure)

    def theirs(mode: object) -> Callable[[Capture], Array]:
        def run(shot: Capture) -> Array:
            light = libraw(shot.raw, "AHD", highlight_mode=mode)
            if mode != rawpy.HighlightMode.Clip:
                # Every other mode makes room by dividing by the largest gain.
                light = light * max(shot.raw.gains)
            return shown(light)

        return run

    contenders: list[tuple[str, str, Callable[[Capture], Array]]] = [
        *((OURS, f"`{method}`", ours(method)) for method in ("reconstruct", "blend", "clip", "off")),
        ("LibRaw", "clip", theirs(rawpy.HighlightMode.Clip)),
        ("LibRaw", "blend", theirs(rawpy.HighlightMode.Blend)),
        ("LibRaw", "reconstruct", theirs(rawpy.HighlightMode.ReconstructDefault)),
        ("OpenCV", "clip", lambda shot: shown(opencv(shot.raw))),
    ]
    if available(RAWTHERAPEE):
        for name, method in {"colour propagation": "Color", "blend": "Blend", "luminance": "Luminance"}.items():
            changes = {
                "HLRecovery": {"Enabled": "true", "Method": method},
                "Exposure": {"Compensation": f"{-np.log2(EXPOSURE):.4f}"},
            }
            contenders.append(
                (
                    "RawTherapee",
                    name,
                    lambda shot, changes=changes: rawtherapee([shot.raw], changes, context.folder)[shot.raw.name],
                )
            )
    rows, behind, ours_best = [], [], 0.0
    for library, method, develop in contenders:
        differences, hues = [], []
        for shot, chosen in shots:
            a, b = lab(develop(shot))[chosen], lab(shot.truth)[chosen]
            differences.append(ciede2000(a, b).mean())
            hues.append(hue_difference(a, b).mean())
        rows.append([library, method, f"{np.mean(hues):.2f}", f"{np.mean(differences):.2f}"])
        if (library, method) == (OURS, "`reconstruct`"):
            ours_best = float(np.mean(differences))
        elif library != OURS and np.mean(differences) < ours_best:
            behind.append(f"{library} {method}: CIEDE2000 {np.mean(differences):.2f} against our {ours_best:.2f}")
    return Section(
        "Highlights",
        f"Pictures exposed {np.log2(EXPOSURE):.0f} stop above the saturation of green: mean hue difference (CIE 1976) and mean CIEDE2000 "
        f"where one or two channels are saturated, in {len(shots)} Kodak and McMaster pictures.",
        ["library", "method", "hue difference", "CIEDE2000"],
        rows,
        2,
        [],
        behind,
    )
