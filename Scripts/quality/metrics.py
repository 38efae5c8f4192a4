"""The figures by which pictures are judged. Pictures are height x width x RGB, sRGB-coded, 0 to 1, unless said otherwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000
from skimage.metrics import structural_similarity

Array = NDArray[np.float64]

BORDER = 8
REC709 = np.array([0.2126, 0.7152, 0.0722])
SRGB_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def decode(codes: Array) -> Array:
    """sRGB codes to linear light (IEC 61966-2-1)."""
    return np.where(codes <= 0.04045, codes / 12.92, ((np.maximum(codes, 0.04045) + 0.055) / 1.055) ** 2.4)


def encode(light: Array) -> Array:
    """Linear light to sRGB codes, clipped to 0 ... 1."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055)


def inside(picture: Array) -> Array:
    return picture[BORDER:-BORDER, BORDER:-BORDER]


def psnr(picture: Array, truth: Array) -> float:
    """Colour PSNR in dB without the border."""
    return float(10 * np.log10(1 / np.mean((inside(picture) - inside(truth)) ** 2)))


def ssim(picture: Array, truth: Array) -> float:
    """SSIM with its published constants, mean of the channels."""
    return float(
        structural_similarity(
            inside(picture),
            inside(truth),
            channel_axis=-1,
            data_range=1.0,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
    )


def lab_of_linear(light: Array) -> Array:
    """CIE L*a*b* under D65 of linear sRGB, which may lie outside the gamut."""
    xyz = light @ SRGB_TO_XYZ.T / (SRGB_TO_XYZ @ np.ones(3))
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def lab(picture: Array) -> Array:
    return lab_of_linear(decode(picture))


def ciede2000(a: Array, b: Array) -> Array:
    """The difference of L*a*b* colours."""
    return np.asarray(deltaE_ciede2000(a, b))


def hue_difference(a: Array, b: Array) -> Array:
    """The part of the CIE 1976 difference that is neither lightness nor chroma."""
    difference = ((a[..., 1:] - b[..., 1:]) ** 2).sum(-1)
    chroma = np.hypot(a[..., 1], a[..., 2]) - np.hypot(b[..., 1], b[..., 2])
    return np.sqrt(np.maximum(difference - chroma**2, 0))
