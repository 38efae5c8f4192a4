"""Whole developments by libraries: LibRaw through rawpy, and OpenCV as people wire it up. All give camera RGB, balanced and
linear, 1 where diffuse white saturates green."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import rawpy
from metrics import Array
from raw import Raw

warnings.filterwarnings("ignore", module="rawpy")

LIBRAW = {"AHD": rawpy.DemosaicAlgorithm.AHD, "DCB": rawpy.DemosaicAlgorithm.DCB}
OPENCV_CODES = {"bilinear": "", "edge-aware": "_EA"}


def libraw(raw: Raw, method: str = "AHD", **options: object) -> Array:
    """LibRaw's own subtraction, balance and demosaic; nothing after it."""
    settings: dict[str, object] = {
        "demosaic_algorithm": LIBRAW[method],
        "use_camera_wb": True,
        "adjust_maximum_thr": 0,
        "no_auto_bright": True,
        "highlight_mode": rawpy.HighlightMode.Clip,
        "output_color": rawpy.ColorSpace.raw,
        "gamma": (1, 1),
        "output_bps": 16,
        "user_flip": 0,
    }
    with rawpy.imread(raw.dng()) as file:
        return np.asarray(file.postprocess(**(settings | options)), np.float64) / 65535


def opencv(raw: Raw, method: str = "edge-aware", bits: int = 16) -> Array:
    """Subtract, multiply, clip, demosaic: the usual glue, in 8 or 16 bits."""
    maximum = 255 if bits == 8 else 65535
    balanced = np.clip(np.rint(raw.balanced() * maximum), 0, maximum).astype(np.uint8 if bits == 8 else np.uint16)
    code = getattr(cv2, f"COLOR_Bayer{raw.cfa}2RGB{OPENCV_CODES[method]}")
    return np.asarray(cv2.demosaicing(balanced, code), np.float64) / maximum
