"""Defective photosites: 400 dead and hot ones written into a real frame."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import cv2
import numpy as np
import rawpy.enhance
from numpy.typing import NDArray
from raw import Raw
from section import OURS, Context, Finding, Section
from softisp import develop_raw

LEAST_FOUND, MOST_ALTERED = 0.95, 0.0005


def measure(context: Context) -> Section:
    folder = context.data / "raw"
    clean = Raw.read(folder / "rose_768x512_rggb14.raw")
    damaged = Raw.read(folder / "rose_768x512_rggb14_defects.raw")
    defects = clean.mosaic != damaged.mosaic
    rows, findings = [], []
    for library, method, altered in answers(context, damaged):
        found, spoiled = (altered & defects).sum() / defects.sum(), (altered & ~defects).sum() / (~defects).sum()
        rows.append([library, method, f"{100 * found:.2f} %", f"{100 * spoiled:.4f} %"])
        if library == OURS:
            findings.append(
                Finding(
                    f"{100 * found:.2f} % of {defects.sum()} defects found, at least {100 * LEAST_FOUND:.0f} %",
                    bool(found >= LEAST_FOUND),
                )
            )
            findings.append(
                Finding(
                    f"{100 * spoiled:.4f} % of clean samples altered, at most {100 * MOST_ALTERED:.2f} %",
                    bool(spoiled <= MOST_ALTERED),
                )
            )
    return Section(
        "Defective photosites",
        f"A real frame with {defects.sum()} dead and hot photosites written into it (`rose_*_defects`).",
        ["library", "method", "defects found", "clean samples altered"],
        rows,
        2,
        findings,
    )


def answers(context: Context, damaged: Raw) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Which samples each method changes."""
    before = develop_raw(context, damaged, "--tap", "black-level")
    after = develop_raw(context, damaged, "--tap", "defect-pixels")
    yield OURS, "defaults", before != after

    file = context.folder / "damaged.dng"
    file.write_bytes(damaged.dng().read())
    with contextlib.redirect_stdout(io.StringIO()):
        places = rawpy.enhance.find_bad_pixels([str(file)])
    altered = np.zeros(damaged.mosaic.shape, bool)
    altered[places[:, 0], places[:, 1]] = True
    yield "rawpy", "`find_bad_pixels`", altered

    # Each colour plane's 3x3 median: what people reach for first.
    altered = np.zeros(damaged.mosaic.shape, bool)
    for row in (0, 1):
        for column in (0, 1):
            plane = np.ascontiguousarray(damaged.mosaic[row::2, column::2])
            altered[row::2, column::2] = cv2.medianBlur(plane, 3) != plane
    yield "OpenCV", "`medianBlur` of each colour", altered
