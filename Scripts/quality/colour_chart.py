"""Colour on real frames with a ColorChecker in them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import rawpy
from library_peers import libraw, opencv
from metrics import Array, ciede2000, decode, lab_of_linear
from raw import Raw
from section import OURS, Context, Finding, Section
from softisp import develop_file, develop_raw

FRAMES = ["colorchart_ml_1734x1156_rggb14", "iisp_indoor1_2592x1536_grbg8", "iisp_outdoor1_2592x1536_grbg8"]
TOLERANCE = 0.3

PLAIN = [
    *("--tone", "srgb", "--lens-shading", "off", "--denoise", "0", "--chroma-denoise", "0", "--sharpen", "0"),
    *("--saturation", "1", "--contrast", "1", "--orientation", "1"),
]


@dataclasses.dataclass(frozen=True)
class Chart:
    """A frame with its chart: where the patches are, and the matrix fitted to them."""

    raw: Raw
    centres: Array
    half: int
    matrix: Array

    @staticmethod
    def read(file: Path) -> Chart:
        facts = json.loads(file.with_name(file.name + ".json").read_text(encoding="utf-8"))["colorchecker"]
        gains = facts["measured_wb_gains_from_neutral_6p5"]
        raw = dataclasses.replace(Raw.read(file), gains=(gains["r"], gains["g"], gains["b"]))
        centres = np.array(facts["patch_centres_fullres_xy"])
        pitch = np.linalg.norm(centres[1] - centres[0])
        return Chart(raw, centres, int(pitch * 0.22), np.array(facts["best_3x3_fit"]["matrix_rows_rgb"]))

    def boxes(self) -> list[tuple[slice, slice]]:
        return [
            (slice(int(y) - self.half, int(y) + self.half + 1), slice(int(x) - self.half, int(x) + self.half + 1))
            for x, y in self.centres
        ]

    def patches(self, linear: Array) -> Array:
        """The mean linear colour of every patch of a picture."""
        return np.array([linear[box].reshape(-1, 3).mean(0) for box in self.boxes()])

    def raw_patches(self) -> Array:
        """The mean of each colour's photosites in every patch: what no demosaic has touched."""
        balanced = self.raw.balanced()
        masks = [self.raw.plane_of(letter) for letter in "RGB"]
        return np.array([[balanced[box][mask[box]].mean() for mask in masks] for box in self.boxes()])


def fit(measured: Array, reference: Array) -> Array:
    """The matrix of least squares from measured to reference colours."""
    return np.linalg.lstsq(measured, reference, rcond=None)[0].T


def measure(context: Context) -> Section:
    folder = context.data / "raw"
    patches = json.loads((folder / "colorchecker24_reference.json").read_text(encoding="utf-8"))["patches"]
    reference = np.array([patch["linear_sRGB_D65_Bradford"] for patch in patches])
    target = lab_of_linear(reference)

    def error(linear: Array) -> float:
        return float(ciede2000(lab_of_linear(linear), target).mean())

    header, findings = ["library", "method"], []
    rows: dict[tuple[str, str], list[str]] = {}

    def note(library: str, method: str, value: float | None) -> None:
        rows.setdefault((library, method), []).append("-" if value is None else f"{value:.2f}")

    for name in FRAMES:
        chart = Chart.read(folder / f"{name}.raw")
        header.append(name.rsplit("_", 2)[0])
        measured = chart.raw_patches()
        matrix = fit(measured, reference)
        best = error(measured @ matrix.T)
        note("the fit itself", "raw patch means", best)

        scale = float(matrix.sum(1).mean())
        options = [
            *PLAIN,
            *("--white-balance", ",".join(f"{gain:.6f}" for gain in chart.raw.gains)),
            *("--exposure", f"{np.log2(scale):.6f}"),
            *("--matrix", ",".join(f"{value:.6f}" for value in (matrix / scale).ravel())),
        ]
        for demosaic in ("agd", "malvar"):
            picture = develop_raw(context, chart.raw, *options, "--demosaic", demosaic)
            ours = error(chart.patches(decode(picture)))
            note(OURS, f"{demosaic}, fitted matrix", ours)
            findings.append(
                Finding(
                    f"{name} ({demosaic}): {ours:.2f}, within {TOLERANCE} of the fit's {best:.2f}",
                    ours <= best + TOLERANCE,
                )
            )
        for method in ("AHD", "DCB"):
            note("LibRaw", f"{method}, fitted matrix", error(chart.patches(libraw(chart.raw, method)) @ matrix.T))
        note("OpenCV", "edge-aware, fitted matrix", error(chart.patches(opencv(chart.raw)) @ matrix.T))

        # The file's own calibration; brightness is matched to the chart's greys, for nobody knows the exposure meant.
        own = develop_file(context, folder / f"{name}.raw", *PLAIN, "--exposure", f"{np.log2(scale):.6f}")
        note(OURS, "file's own matrix", error(matched(chart.patches(decode(own)), reference)))
        has_matrix = "colorchart" in name
        theirs = libraw(chart.raw, "AHD", output_color=rawpy.ColorSpace.sRGB) if has_matrix else None
        note(
            "LibRaw",
            "AHD, file's own matrix",
            None if theirs is None else error(matched(chart.patches(theirs), reference)),
        )
    return Section(
        "Colour",
        "Mean CIEDE2000 over the 24 patches of a ColorChecker in real frames: the patch means of the finished picture "
        "against the published values. The matrix is the least-squares fit to the frame's own raw patches, so the first "
        "row is what a perfect pipeline would reach.",
        header,
        [[*key, *cells] for key, cells in rows.items()],
        2,
        findings,
    )


def matched(colours: Array, reference: Array) -> Array:
    """Colours scaled so that their six greys are as bright as the chart's."""
    return colours * (reference[18:].mean() / colours[18:].mean())
