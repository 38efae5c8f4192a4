"""Sharpness: the edge-based spatial frequency response of a slanted edge (ISO 12233:2017, e-SFR), and its overshoot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from camera import Capture, capture, picture_file, shown_as_captured
from command_peers import DARKTABLE, RAWTHERAPEE, available, darktable, rawtherapee
from library_peers import libraw, opencv
from metrics import REC709, Array, decode, encode
from scipy.ndimage import gaussian_filter
from section import OURS, Context, Finding, Section
from softisp import develop_raw

SIDE, ANGLE, FINE = 256, 5.0, 8
OVERSAMPLING = 4
TOLERANCE, MOST_OVERSHOOT = 0.10, 0.10
LENS = 0.5
# Blur of the edge in the scene itself, in pixels: a knife, and two softer ones.
BLURS = [0.0, 0.5, 0.7]


def edge(blur: float, low: float = 0.1, high: float = 0.5) -> Array:
    """A slanted edge in linear light, averaged over each pixel's area."""
    places = (np.arange(SIDE * FINE) + 0.5) / FINE - SIDE / 2
    step = (places[None, :] - places[:, None] * np.tan(np.radians(ANGLE)) > 0).astype(np.float64)
    if blur:
        step = gaussian_filter(step, blur * FINE, mode="nearest")
    pixels = step.reshape(SIDE, FINE, SIDE, FINE).mean((1, 3))
    return np.repeat((low + (high - low) * pixels)[..., None], 3, axis=2)


def edge_spread(luminance: Array) -> Array:
    """The profile across the edge, four values a pixel."""
    height, width = luminance.shape
    slope = np.diff(luminance, axis=1)
    columns, lines = np.arange(width - 1) + 0.5, np.arange(height)
    place = (slope * columns).sum(1) / slope.sum(1)
    for _ in range(3):
        line = np.polyfit(lines, place, 1)
        window = np.exp(-(((columns[None, :] - np.polyval(line, lines)[:, None]) / 6) ** 2))
        place = (slope * window * columns).sum(1) / (slope * window).sum(1)
    distance = (np.arange(width)[None, :] - np.polyval(line, lines)[:, None]) * np.cos(np.arctan(line[0]))
    reach = 16
    bins = np.floor((distance + reach) * OVERSAMPLING).astype(int)
    valid = (bins >= 0) & (bins < 2 * reach * OVERSAMPLING)
    count = np.bincount(bins[valid], minlength=2 * reach * OVERSAMPLING)
    return np.bincount(bins[valid], luminance[valid], 2 * reach * OVERSAMPLING) / count


def mtf50(spread: Array) -> float:
    """The frequency, in cycles a pixel, at which half of the contrast is left."""
    line = np.gradient(spread) * np.hamming(len(spread))
    response = np.abs(np.fft.rfft(line, 8192))
    frequency = np.fft.rfftfreq(8192, 1 / OVERSAMPLING)
    # The derivative by differences has a response of its own.
    phase = 2 * np.pi * frequency / OVERSAMPLING
    response = response / response[0] / np.maximum(np.sinc(phase / np.pi), 0.1)
    below = int(np.argmax(response < 0.5))
    a, b = response[below - 1], response[below]
    return float(frequency[below - 1] + (a - 0.5) / (a - b) * (frequency[below] - frequency[below - 1]))


def overshoot(spread: Array) -> float:
    """How far the profile leaves its two plateaus, as a share of the step."""
    low, high = np.median(spread[:20]), np.median(spread[-20:])
    return float(max(spread.max() - high, low - spread.min()) / (high - low))


def luminance(picture: Array) -> Array:
    return (decode(picture) @ REC709)[16:-16, 16:-16]


def measure(context: Context) -> Section:
    off = ["--denoise", "0", "--chroma-denoise", "0", "--sharpen", "0"]

    def ours(*options: str) -> Callable[[Capture], Array]:
        return lambda shot: develop_raw(
            context, shot.raw, "--matrix", "none", "--tone", "srgb", "--exposure", shot.exposure, *options
        )

    contenders: list[tuple[str, str, Callable[[Capture], Array]]] = [
        (OURS, "defaults", ours()),
        (OURS, "sharpening off", ours(*off)),
        ("LibRaw", "AHD", shown_as_captured(libraw, "AHD")),
        ("LibRaw", "DCB", shown_as_captured(libraw, "DCB")),
        ("OpenCV", "edge-aware", shown_as_captured(opencv, "edge-aware")),
        ("OpenCV", "bilinear", shown_as_captured(opencv, "bilinear")),
    ]
    if available(RAWTHERAPEE):
        for name, changes in {
            "AMaZE": {},
            "AMaZE, capture sharpening": {"PostDemosaicSharpening": {"Enabled": "true", "AutoContrast": "true", "AutoRadius": "true"}},
            "AMaZE, unsharp mask at its defaults": {"Sharpening": {"Enabled": "true", "Method": "usm"}},
        }.items():
            contenders.append(
                (
                    "RawTherapee",
                    name,
                    lambda shot, changes=changes: encode(
                        decode(rawtherapee([shot.raw], changes, context.folder)[shot.raw.name]) / shot.white_fraction
                    ),
                )
            )
    if available(DARKTABLE):
        contenders.append(
            (
                "darktable",
                "defaults without a tone curve",
                lambda shot: encode(decode(darktable([shot.raw], context.folder)[shot.raw.name]) / shot.white_fraction),
            )
        )

    header, findings, behind = ["library", "method"], [], []
    rows = [[library_, method] for library_, method, _ in contenders]
    for blur in BLURS:
        scene = edge(blur)
        truth = mtf50(edge_spread((scene @ REC709)[16:-16, 16:-16]))
        header.append(f"edge of MTF50 {truth:.3f}")
        file = picture_file(context.folder, f"edge-{blur}", encode(scene))
        shot = capture(context, f"edge-{blur}", file, "--psf", str(LENS), "--noiseless")
        ratios: dict[str, float] = {}
        for row, (library_, method, develop) in zip(rows, contenders, strict=True):
            spread = edge_spread(luminance(develop(shot)))
            ratio, over = mtf50(spread) / truth, overshoot(spread)
            row.append(f"{ratio:.2f} / {100 * over:.1f} %")
            ratios[f"{library_} {method}"] = ratio
            if (library_, method) == (OURS, "defaults"):
                findings.append(
                    Finding(
                        f"edge of MTF50 {truth:.3f}: {ratio:.2f} of it, within {100 * TOLERANCE:.0f} %",
                        abs(ratio - 1) <= TOLERANCE,
                    )
                )
                findings.append(
                    Finding(
                        f"edge of MTF50 {truth:.3f}: overshoot {100 * over:.1f} %, at most {100 * MOST_OVERSHOOT:.0f} %",
                        over <= MOST_OVERSHOOT,
                    )
                )
        mine = abs(ratios[f"{OURS} defaults"] - 1)
        for key, ratio in ratios.items():
            if not key.startswith(OURS) and abs(ratio - 1) < mine - 0.005:
                behind.append(f"edge of MTF50 {truth:.3f}: {key} is nearer to the scene, {ratio:.2f} of its MTF50")
    return Section(
        "Sharpness",
        f"A slanted edge ({ANGLE:.0f} degrees) of three sharpnesses behind a lens of sigma {LENS} pixels: MTF50 of the "
        "picture's linear luminance as a share of the scene's, and the overshoot as a share of the step.",
        header,
        rows,
        2,
        findings,
        behind,
    )
