"""Frames of known truth: ordinary pictures seen by SoftISP's synthetic camera, through `softisp capture`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from metrics import Array, encode
from PIL import Image
from raw import Raw
from section import Context
from softisp import run


BITS = 12


@dataclass(frozen=True)
class Capture:
    """A frame, and the picture that a perfect camera would have made of the light on its sensor: sRGB codes."""

    raw: Raw
    truth: Array
    white_fraction: float

    @property
    def exposure(self) -> str:
        """The development's exposure that shows diffuse white as white."""
        return f"{-np.log2(self.white_fraction):.6f}"


def capture(
    context: Context,
    name: str,
    scene: Path | str,
    *options: str,
    white_fraction: float = 0.7,
    gains: tuple[float, float, float] = (2, 1, 1.5),
) -> Capture:
    """A frame of `scene`: a picture file, or the name of a built-in scene. The camera's colours are sRGB's under D65 once
    its white balance is applied, its samples are of 12 bits."""
    raw, truth = context.folder / f"{name}.raw", context.folder / f"{name}-truth.png"
    run(
        [
            *(str(context.softisp), "capture", "--scene", str(scene), "-o", str(raw), "--truth", str(truth)),
            *("--truth-at", "lens", "--color", "identity:" + ",".join(map(str, gains)), "--format", f"SRGGB{BITS}", "--kelvin", "6504"),
            *("--white-fraction", str(white_fraction), "--overwrite", *options),
        ]
    )
    return Capture(Raw.read(raw), read_png(truth), white_fraction)


def shown_as_captured(develop: Callable[..., Array], *arguments: str) -> Callable[[Capture], Array]:
    """A library's balanced linear development as the picture it is meant to be."""
    return lambda shot: encode(develop(shot.raw, *arguments) / shot.white_fraction)


def read_png(file: Path) -> Array:
    """A 16-bit PNG, codes as 0 to 1."""
    return cv2.imread(str(file), cv2.IMREAD_UNCHANGED)[..., ::-1].astype(np.float64) / 65535


def picture_file(folder: Path, name: str, codes: Array) -> Path:
    """A picture as an 8-bit PNG."""
    file = folder / f"{name}.png"
    Image.fromarray(np.rint(np.clip(codes, 0, 1) * 255).astype(np.uint8)).save(file)
    return file
