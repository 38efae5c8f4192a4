"""The contestant "Halide": serves `halide_camera_pipe.py` as `peer_server.py` describes. A way is a target and the
picture's layout; `planar` is what Halide's own application writes, `interleaved` what SoftISP writes.

The frame comes with a margin around it, as in that application, so that borders cost nothing. Gains are in the matrix,
black in its offset.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray
from peer_frames import WHITE, Levels, Mosaic, read_levels, read_words, srgb_curve
from peer_server import Job, parse_job, serve, timed

TARGETS = ["avx2", "host"]
LAYOUTS = ["interleaved", "planar"]
# For measuring the demosaic: no gains, a linear curve, no sharpening. Gets 10-bit codes of a picture.
DEMOSAIC_ALONE = "demosaic"
# Sixteen strips: two threads get as many, and what a strip computes anew at its top is little.
STRIPS = 16


def padded(mosaic: Mosaic, margin: int, overrun: int) -> Mosaic:
    """The frame without its first column, mirrored around."""
    around = ((margin, margin + overrun), (margin - 1, margin + overrun))
    return np.pad(mosaic, around, "reflect")


def matrix_with_offset(levels: Levels, fraction_bits: int) -> NDArray[np.int16]:
    """Rows of R, G, B and offset. It subtracts black, multiplies by the gains, and maps camera RGB to linear sRGB, all to the
    10-bit scale."""
    scale = np.array(levels.gains) * WHITE / (WHITE - levels.black)
    matrix = np.array(levels.matrix) * scale
    offset = -matrix.sum(1) * levels.black
    return np.rint(np.column_stack([matrix * 2**fraction_bits, offset])).astype(np.int16)


def main(job: Job) -> None:
    os.environ["HL_NUM_THREADS"] = str(job.threads)  # Halide's runtime reads it when it first needs threads
    import halide as hl
    import halide_camera_pipe as pipe

    target, _, layout = job.way.partition("-")
    is_interleaved = layout != "planar"
    is_alone = target == DEMOSAIC_ALONE
    develop = pipe.compiled("host" if is_alone else target, is_interleaved)

    levels = read_levels(job.source)
    curve = (
        np.rint(np.arange(pipe.CURVE_SIZE) * 255 / WHITE).astype(np.uint8) if is_alone else srgb_curve(pipe.CURVE_SIZE)
    )
    frame = hl.Buffer(padded(read_words(job.source, (job.width, job.height)), pipe.MARGIN, pipe.OVERRUN))
    frame.set_min([-pipe.MARGIN, -pipe.MARGIN])
    picture = np.zeros((job.height, job.width, 3) if is_interleaved else (3, job.height, job.width), np.uint8)
    arguments = (
        frame,
        hl.Buffer(matrix_with_offset(levels, pipe.MATRIX_BITS)),
        hl.Buffer(curve),
        0 if is_alone else 2**pipe.STRENGTH_BITS,
        max(1, job.height // (2 * STRIPS)),
        hl.Buffer(picture.transpose(2, 0, 1) if is_interleaved else picture),
    )
    serve(
        picture.size // 3,
        timed(lambda: develop(*arguments)),
        lambda: picture if is_interleaved else picture.transpose(1, 2, 0),
    )


if __name__ == "__main__":
    main(
        parse_job(__doc__ or "", [f"{target}-{layout}" for target in TARGETS for layout in LAYOUTS] + [DEMOSAIC_ALONE])
    )
