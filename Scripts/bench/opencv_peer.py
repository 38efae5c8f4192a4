"""The contestant "OpenCV": an ISP as one who knows OpenCV wires it up, served as `peer_server.py` describes. Black is
subtracted and the gains are applied on the mosaic, so that highlights clip white; then demosaic (bilinear), matrix, curve.

Every step is the fastest of the calls that do it: maps of black and gains (IPP has kernels for whole images, and none for
scalars), a table on rows of plain samples rather than of pixels, every result into memory that is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from peer_frames import WHITE, Levels, Mosaic, read_levels, read_words, srgb_curve
from peer_server import Job, parse_job, serve, timed

# From 16-bit words in 8 or 16 bits; from CSI-2 RAW10 in 8 bits; and what unpacking takes of the latter.
WAYS = ["8bit", "16bit", "8bit-raw10", "unpack"]
RGGB_TO_BGR = cv2.COLOR_BayerRGGB2BGR
# The 8-bit way has these more bits until it leaves the mosaic.
EXTRA_BITS = 4

Picture = NDArray[np.uint8]


class Balance:
    """Subtracts black and multiplies by the gains: 10-bit samples to samples whose white is at `white`."""

    def __init__(self, levels: Levels, shape: tuple[int, int], white: float) -> None:
        factors = np.array(levels.gains) * white / (WHITE - levels.black)
        fraction_bits = math.floor(math.log2(65535 / factors.max()))
        red, green, blue = np.rint(factors * 2**fraction_bits).astype(np.uint16)
        self.black = np.full(shape, levels.black, np.uint16)
        self.factors = np.full(shape, green, np.uint16)
        self.factors[0::2, 0::2], self.factors[1::2, 1::2] = red, blue
        self.scale = 2.0**-fraction_bits
        self.balanced = np.empty(shape, np.uint16)

    def __call__(self, samples: Mosaic) -> Mosaic:
        cv2.subtract(samples, self.black, self.balanced)
        cv2.multiply(self.balanced, self.factors, self.balanced, self.scale)
        return self.balanced


class Development:
    """Mosaic to 8-bit sRGB; `kind` is the type of the samples until the curve."""

    def __init__(self, levels: Levels, shape: tuple[int, int], kind: type) -> None:
        maximum = np.iinfo(kind).max
        self.is_8_bit = maximum == 255
        self.balance = Balance(levels, shape, maximum * 2.0**EXTRA_BITS if self.is_8_bit else maximum)
        self.mosaic = np.empty(shape, np.uint8)
        self.camera: NDArray = np.empty((*shape, 3), kind)
        self.linear: NDArray = np.empty((*shape, 3), kind)
        self.picture = np.empty((*shape, 3), np.uint8)
        self.matrix = np.ascontiguousarray(np.array(levels.matrix, np.float32)[::-1, ::-1])  # of BGR
        self.curve = srgb_curve(maximum + 1)

    def __call__(self, samples: Mosaic) -> Picture:
        mosaic: NDArray = self.balance(samples)
        if self.is_8_bit:
            mosaic = cv2.convertScaleAbs(mosaic, self.mosaic, 2.0**-EXTRA_BITS)
        cv2.demosaicing(mosaic, RGGB_TO_BGR, self.camera)
        cv2.transform(self.camera, self.matrix, self.linear)
        cv2.LUT(self.rows(self.linear), self.curve, self.rows(self.picture))
        return self.picture

    @staticmethod
    def rows(picture: NDArray) -> NDArray:
        return picture.reshape(picture.shape[0], -1)


class Unpacking:
    """CSI-2 RAW10 to words with numpy, in whole groups of four samples: the upper bytes by one unaligned load, the lower bits by
    a table that spreads them over four words."""

    def __init__(self, packed: NDArray[np.uint8], shape: tuple[int, int]) -> None:
        groups = (shape[0], shape[1] // 4)
        lower = np.arange(256, dtype=np.uint64)
        self.spread = sum(((lower >> np.uint64(2 * i)) & np.uint64(3)) << np.uint64(16 * i) for i in range(4))
        self.upper_groups: NDArray[np.uint32] = np.ndarray(groups, np.uint32, packed, strides=(5 * groups[1], 5))
        self.lower_groups = packed.reshape(*groups, 5)[..., 4]
        self.upper, self.lower = np.empty(groups, np.uint32), np.empty(groups, np.uint64)
        self.words = np.empty(shape, np.uint16)

    def __call__(self) -> Mosaic:
        np.copyto(self.upper, self.upper_groups)
        np.left_shift(self.upper.view(np.uint8), 2, out=self.words, dtype=np.uint16)
        np.take(self.spread, self.lower_groups, out=self.lower, mode="clip")
        words = self.words.view(np.uint64)
        np.bitwise_or(words, self.lower, out=words)
        return self.words


def work(job: Job) -> tuple[Callable[[], object], Development]:
    """What one frame is, and the development that has the picture."""
    shape = (job.height, job.width)
    words_file = job.source.with_name(job.source.name.replace("_raw10", "_words"))
    develop = Development(read_levels(words_file), shape, np.uint16 if job.way == "16bit" else np.uint8)
    if job.way in ("8bit", "16bit"):
        samples = read_words(job.source, (job.width, job.height))
        return lambda: develop(samples), develop
    unpack = Unpacking(np.fromfile(job.source, np.uint8), shape)
    if not np.array_equal(unpack(), read_words(words_file, (job.width, job.height))):
        raise SystemExit("unpacked RAW10 is not what was packed")
    return unpack if job.way == "unpack" else lambda: develop(unpack()), develop


def main(job: Job) -> None:
    cv2.setNumThreads(job.threads)
    run, develop = work(job)
    serve(job.width * job.height, timed(run), lambda: develop.picture[..., ::-1])


if __name__ == "__main__":
    main(parse_job(__doc__ or "", WAYS))
