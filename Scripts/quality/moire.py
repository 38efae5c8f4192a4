"""Moire: false colour on a neutral zone plate, whose every frequency up to half a cycle a pixel occurs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from camera import Capture, capture, picture_file, shown_as_captured
from command_peers import DARKTABLE, RAWTHERAPEE, available, darktable, rawtherapee
from library_peers import libraw, opencv
from metrics import Array, decode, encode, lab, psnr
from section import OURS, Context, Section
from softisp import develop_raw

SIDE = 512


def zone_plate() -> Array:
    """A circular chirp in linear light: half a cycle a pixel is reached at the middles of the sides."""
    places = np.arange(SIDE) - SIDE / 2 + 0.5
    radius2 = places[None, :] ** 2 + places[:, None] ** 2
    wave = 0.5 + 0.5 * np.cos(np.pi * radius2 / SIDE)
    return np.repeat((0.03 + 0.6 * wave)[..., None], 3, axis=2)


def measure(context: Context) -> Section:
    file = picture_file(context.folder, "zone-plate", encode(zone_plate()))
    shot = capture(context, "zone-plate", file, "--psf", "0.4", "--noiseless")
    places = np.arange(SIDE) - SIDE / 2 + 0.5
    radius = np.hypot(places[None, :], places[:, None])
    inside = (radius > SIDE * 0.25) & (radius < SIDE * 0.48)

    def ours(demosaic: str) -> Callable[[Capture], Array]:
        return lambda shot: develop_raw(
            context,
            shot.raw,
            *("--matrix", "none", "--tone", "srgb", "--exposure", shot.exposure, "--demosaic", demosaic),
            *("--sharpen", "0", "--denoise", "0", "--chroma-denoise", "0", "--defects", "off"),
        )

    contenders: list[tuple[str, str, Callable[[Capture], Array]]] = [
        *((OURS, demosaic, ours(demosaic)) for demosaic in ("agd", "malvar", "bilinear")),
        ("LibRaw", "AHD", shown_as_captured(libraw, "AHD")),
        ("LibRaw", "DCB", shown_as_captured(libraw, "DCB")),
        ("OpenCV", "edge-aware", shown_as_captured(opencv, "edge-aware")),
        ("OpenCV", "bilinear", shown_as_captured(opencv, "bilinear")),
    ]
    if available(RAWTHERAPEE):
        for method in ("amaze", "rcd", "igv", "lmmse"):
            contenders.append(
                (
                    "RawTherapee",
                    method,
                    lambda shot, method=method: encode(
                        decode(rawtherapee([shot.raw], {"RAW Bayer": {"Method": method}}, context.folder)[shot.raw.name])
                        / shot.white_fraction
                    ),
                )
            )
    if available(DARKTABLE):
        contenders.append(
            (
                "darktable",
                "RCD",
                lambda shot: encode(decode(darktable([shot.raw], context.folder)[shot.raw.name]) / shot.white_fraction),
            )
        )
    rows, behind, best = [], [], 0.0
    for library, method, develop in contenders:
        picture = develop(shot)
        colour = lab(picture)[inside]
        energy = float(np.mean(colour[:, 1] ** 2 + colour[:, 2] ** 2))
        rows.append([library, method, f"{energy:.1f}", f"{psnr(picture, shot.truth):.2f}"])
        if (library, method) == (OURS, "agd"):
            best = energy
        elif library != OURS and energy < best:
            behind.append(f"{library} {method}: colour energy {energy:.1f} against our {best:.1f}")
    return Section(
        "Moire",
        "A neutral zone plate behind a lens of sigma 0.4 pixels: energy of the colour that is not there (mean squared chroma, "
        "CIE 1976) where frequencies lie between 0.25 and 0.48 cycles a pixel, and the PSNR in dB of the whole.",
        ["library", "method", "false colour", "PSNR"],
        rows,
        2,
        [],
        behind,
    )
