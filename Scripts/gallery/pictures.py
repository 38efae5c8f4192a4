"""Pictures of the page: windows brought to one brightness, files written beside the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from frames import Crop
from metrics import REC709, Array, decode, encode
from PIL import Image

OVERVIEW_WIDTH = 1280


@dataclass(frozen=True)
class Shown:
    """A picture on the page."""

    name: str
    file: str
    width: int
    height: int


def window(picture: Array, crop: Crop) -> Array:
    """The part of an upright picture that a crop shows."""
    part = picture[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width]
    if part.shape[:2] != (crop.height, crop.width):
        raise ValueError(f"the crop {crop.name!r} is not inside its picture of {picture.shape[1]}x{picture.shape[0]}")
    return part


def brightness(light: Array) -> float:
    """Mean luminance."""
    return float((light @ REC709).mean())


def lifted(codes: Array, crop: Crop) -> Array:
    """A window with the lift of its crop."""
    return codes if crop.lift == 1 else encode(decode(codes) * crop.lift)


def matched(codes: Array, reference: Array, crop: Crop) -> Array:
    """A window as bright as another in the mean, scaled in linear light, with the lift of its crop."""
    light = decode(codes)
    return encode(light * (crop.lift * brightness(decode(reference)) / max(brightness(light), 1e-6)))


def write_window(folder: Path, stem: str, name: str, codes: Array) -> Shown:
    """A lossless file: every pixel counts."""
    file = folder / "images" / f"{stem}.png"
    Image.fromarray(np.rint(codes * 255).astype(np.uint8)).save(file, optimize=True)
    return Shown(name, f"images/{file.name}", codes.shape[1], codes.shape[0])


def write_overview(folder: Path, stem: str, name: str, codes: Array) -> Shown:
    """The whole picture, scaled down to fit the page."""
    file = folder / "images" / f"{stem}.jpg"
    picture = Image.fromarray(np.rint(codes * 255).astype(np.uint8))
    picture.thumbnail((OVERVIEW_WIDTH, OVERVIEW_WIDTH), Image.Resampling.LANCZOS)
    picture.save(file, quality=90)
    return Shown(name, f"images/{file.name}", picture.width, picture.height)
