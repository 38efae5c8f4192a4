"""Ground-truth pictures and their Bayer mosaics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from truth_data import truth_files

Picture = NDArray[np.uint8]  # height x width x RGB
Mosaic = NDArray[np.uint8]  # height x width, RGGB


@dataclass(frozen=True)
class TruthSet:
    """A named set of pictures with full colour at every pixel."""

    name: str
    pictures: dict[str, Picture]


def load_truth() -> list[TruthSet]:
    """Every set of the folder that SOFTISP_DATA names; pictures go by their file's name without the extension."""
    return [
        TruthSet(name, {file.stem: np.asarray(Image.open(file).convert("RGB")) for file in files})
        for name, files in truth_files().items()
    ]


def every_nth_file(count: int) -> list[tuple[str, Path]]:
    """Every `count`-th picture file of the sets, with a name that is its own."""
    files = [(f"{name.lower()}-{file.stem}", file) for name, paths in truth_files().items() for file in paths]
    return files[::count]


def rggb_mosaic(picture: Picture) -> Mosaic:
    """What an RGGB sensor keeps of a picture."""
    mosaic = np.empty(picture.shape[:2], np.uint8)
    mosaic[0::2, 0::2] = picture[0::2, 0::2, 0]
    mosaic[0::2, 1::2] = picture[0::2, 1::2, 1]
    mosaic[1::2, 0::2] = picture[1::2, 0::2, 1]
    mosaic[1::2, 1::2] = picture[1::2, 1::2, 2]
    return mosaic


def to_8_bit(values: NDArray[np.floating]) -> Picture:
    """Values on the 8-bit scale, rounded and clipped."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
