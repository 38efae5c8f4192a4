"""The four phases of the filter array: crops of one frame, one photosite apart, must give the same picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from library_peers import libraw, opencv
from metrics import Array
from raw import Raw
from section import OURS, Context, Finding, Section
from softisp import develop_raw

SHIFTS = {"grbg": (1, 0), "gbrg": (0, 1), "bggr": (1, 1)}
MARGIN = 48

# Automatic settings look at the whole frame, and crops are not quite the same frame.
OPTIONS = ["--highlights", "blend", "--exposure", "0", "--noise-profile", "0.00003,0", "--white-balance", "1.95,1,1.34"]


def measure(context: Context) -> Section:
    folder = context.data / "raw"
    whole = Raw.read(folder / "rose_768x512_rggb14.raw")
    crops = {cfa: Raw.read(folder / f"rose_766x510_{cfa}14.raw") for cfa in SHIFTS}
    methods: dict[tuple[str, str], Callable[[Raw], Array]] = {
        (OURS, "defaults (agd)"): lambda raw: develop_raw(context, raw, *OPTIONS),
        (OURS, "malvar"): lambda raw: develop_raw(context, raw, *OPTIONS, "--demosaic", "malvar"),
        (OURS, "bilinear"): lambda raw: develop_raw(context, raw, *OPTIONS, "--demosaic", "bilinear"),
        ("LibRaw", "AHD"): lambda raw: libraw(raw, "AHD"),
        ("LibRaw", "DCB"): lambda raw: libraw(raw, "DCB"),
        ("OpenCV", "bilinear"): lambda raw: opencv(raw, "bilinear"),
        ("OpenCV", "edge-aware"): lambda raw: opencv(raw, "edge-aware"),
    }
    rows, findings = [], []
    for (library, method), develop in methods.items():
        reference = develop(whole)
        cells, agree = [library, method], True
        for cfa, raw in crops.items():
            dx, dy = SHIFTS[cfa]
            picture = develop(raw)
            height, width = picture.shape[:2]
            part = reference[dy : dy + height, dx : dx + width]
            inside = (slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
            different = np.any(picture[inside] != part[inside], axis=-1)
            largest = float(np.abs(picture[inside] - part[inside]).max() * 65535)
            cells.append(f"{100 * different.mean():.3f} % / {largest:.0f}")
            agree = agree and not different.any()
        rows.append(cells)
        if library == OURS:
            findings.append(Finding(f"phases agree exactly with `{method}`", agree))
    return Section(
        "Phases of the colour filter array",
        "Crops of one real frame (`rose_*`), shifted by one photosite: share of pixels that differ from the RGGB frame's, "
        f"and the largest difference in 16-bit codes, {MARGIN} pixels off the borders.",
        ["library", "method", *SHIFTS],
        rows,
        2,
        findings,
    )
