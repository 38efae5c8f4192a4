"""Highlights: bright pictures in which one or two channels are saturated, against what they would have been."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import rawpy
from camera import Capture, capture
from command_peers import RAWTHERAPEE, available, rawtherapee
from images import every_nth_file
from library_peers import libraw, opencv
from metrics import Array, ciede2000, decode, encode, hue_difference, lab
from scipy.ndimage import binary_erosion
from section import OURS, Context, Section
from softisp import develop_raw

EXPOSURE = 2.0
WHITE_FRACTION = 1.0
# The balance of daylight and that of tungsten light: which channel has room left decides much.
LIGHTS = {"daylight": (2.0, 1.0, 1.5), "tungsten": (1.5, 1.0, 2.2)}
EVERY = 2
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


def shots_under(context: Context, light: str) -> list[tuple[Capture, Array]]:
    """Pictures with enough of their area in partly saturated highlights, and where that is."""
    shots = []
    for name, file in every_nth_file(EVERY):
        shot = capture(
            context,
            f"{light}-{name}",
            file,
            *("--psf", "0.4", "--noiseless", "--exposure", str(EXPOSURE)),
            white_fraction=WHITE_FRACTION,
            gains=LIGHTS[light],
        )
        chosen = partly_saturated(shot)
        if chosen.sum() >= LEAST_PIXELS:
            shots.append((shot, chosen))
    return shots


def shown(light: Array) -> Array:
    return encode(light / EXPOSURE / WHITE_FRACTION)


def contenders(context: Context) -> list[tuple[str, str, Callable[[Capture], Array]]]:
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

    found: list[tuple[str, str, Callable[[Capture], Array]]] = [
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

            def therapee(shot: Capture, changes: dict[str, dict[str, str]] = changes) -> Array:
                return rawtherapee([shot.raw], changes, context.folder)[shot.raw.name]

            found.append(("RawTherapee", name, therapee))
    return found


def measure(context: Context) -> Section:
    all_contenders = contenders(context)
    rows = [[library, method] for library, method, _ in all_contenders]
    header, behind = ["library", "method"], []
    for light in LIGHTS:
        shots = shots_under(context, light)
        header.append(f"{light} ({len(shots)} pictures)")
        ours_best = 0.0
        for row, (library, method, develop) in zip(rows, all_contenders, strict=True):
            differences, hues = [], []
            for shot, chosen in shots:
                a, b = lab(develop(shot))[chosen], lab(shot.truth)[chosen]
                differences.append(ciede2000(a, b).mean())
                hues.append(hue_difference(a, b).mean())
            row.append(f"{np.mean(hues):.2f} / {np.mean(differences):.2f}")
            if (library, method) == (OURS, "`reconstruct`"):
                ours_best = float(np.mean(differences))
            elif library != OURS and np.mean(differences) < ours_best:
                behind.append(
                    f"{light}: {library} {method}, CIEDE2000 {np.mean(differences):.2f} against our {ours_best:.2f}"
                )
    return Section(
        "Highlights",
        f"Pictures exposed {np.log2(EXPOSURE):.0f} stop above the saturation of green: mean hue difference (CIE 1976) and "
        "mean CIEDE2000 where one or two channels are saturated. A small hue difference beside a large CIEDE2000 is what "
        "highlights have that turned grey.",
        header,
        rows,
        2,
        [],
        behind,
    )
