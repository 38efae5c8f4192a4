"""Raw frames: dumps with their sidecars, and the same frames as DNG for peers that read nothing else."""

from __future__ import annotations

import dataclasses
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

Mosaic = NDArray[np.uint16]

# XYZ to linear sRGB (IEC 61966-2-1): the "camera" of frames whose colours are sRGB's.
XYZ_TO_SRGB = [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
CFA_CODES = {"R": 0, "G": 1, "B": 2}


@dataclass(frozen=True)
class Raw:
    """A Bayer frame with the facts that a development needs."""

    name: str
    mosaic: Mosaic
    cfa: str
    bits: int
    black: float
    white: float
    gains: tuple[float, float, float]
    xyz_to_camera: list[list[float]] = field(default_factory=lambda: XYZ_TO_SRGB)
    noise: tuple[float, float] | None = None

    @staticmethod
    def read(file: Path) -> Raw:
        """A raw dump and its sidecar."""
        facts = json.loads(file.with_name(file.name + ".json").read_text(encoding="utf-8"))
        kind = np.dtype("u1") if facts["stride_bytes"] < 2 * facts["width"] else np.dtype("<u2")
        samples = np.fromfile(file, kind).reshape(facts["height"], -1)[:, : facts["width"]].astype(np.uint16)
        gains = facts.get("wb_gains", {"r": 1, "g": 1, "b": 1})
        noise = facts.get("noise_profile_dng")
        return Raw(
            file.stem,
            samples,
            facts["cfa"],
            facts["bits_per_sample"],
            facts["black_level"],
            facts["white_level"],
            (gains["r"], gains["g"], gains["b"]),
            facts.get("color_matrix_1_xyz_to_camera", XYZ_TO_SRGB),
            (np.mean(noise["scale"]), np.mean(noise["offset"])) if noise else None,
        )

    def write(self, folder: Path) -> Path:
        """A raw dump with a sidecar: bytes for 8 bits, else 16-bit words."""
        height, width = self.mosaic.shape
        kind = np.dtype("u1" if self.bits == 8 else "<u2")
        facts = {
            "width": width,
            "height": height,
            "cfa": self.cfa,
            "bits_per_sample": self.bits,
            "format": f"S{self.cfa}{self.bits}",
            "stride_bytes": kind.itemsize * width,
            "black_level": self.black,
            "white_level": self.white,
            "wb_gains": dict(zip("rgb", self.gains, strict=True)),
        }
        if self.noise:
            facts["noise_profile_dng"] = {"scale": self.noise[0], "offset": self.noise[1]}
        file = folder / f"{self.name}.raw"
        self.mosaic.astype(kind).tofile(file)
        file.with_name(file.name + ".json").write_text(json.dumps(facts), encoding="utf-8")
        return file

    def linear(self) -> NDArray[np.float64]:
        """The mosaic with black at 0 and white at 1."""
        return (self.mosaic.astype(np.float64) - self.black) / (self.white - self.black)

    def plane_of(self, letter: str) -> NDArray[np.bool_]:
        """Where the photosites of a colour are."""
        mask = np.zeros(self.mosaic.shape, bool)
        for index, code in enumerate(self.cfa):
            if code == letter:
                mask[index // 2 :: 2, index % 2 :: 2] = True
        return mask

    def balanced(self) -> NDArray[np.float64]:
        """The linear mosaic with the white-balance gains applied."""
        mosaic = self.linear()
        for letter, gain in zip("RGB", self.gains, strict=True):
            mosaic[self.plane_of(letter)] *= gain
        return mosaic

    def dng(self) -> io.BytesIO:
        """An uncompressed DNG with the same samples and facts; doubled where black lies between two samples, which LibRaw,
        RawTherapee and darktable would round."""
        if self.black % 1:
            return dataclasses.replace(
                self, mosaic=self.mosaic * 2, bits=self.bits + 1, black=self.black * 2, white=self.white * 2
            ).dng()
        byte, text, short, long, rational, signed_rational, double = 1, 2, 3, 4, 5, 10, 12
        matrix = [part for row in self.xyz_to_camera for value in row for part in (round(value * 10000), 10000)]
        neutral = [part for gain in self.gains for part in (round(1e6 / gain), 1000000)]
        tags: list[tuple[int, int, int, object, bool]] = [
            (271, text, 0, "SoftISP", True),
            (272, text, 0, "quality", True),
            (33421, short, 2, (2, 2), True),  # CFARepeatPatternDim
            (33422, byte, 4, bytes(CFA_CODES[letter] for letter in self.cfa), True),  # CFAPattern
            (50706, byte, 4, bytes([1, 4, 0, 0]), True),  # DNGVersion
            (50708, text, 0, "SoftISP quality", True),  # UniqueCameraModel
            (50714, rational, 1, (round(self.black * 16), 16), True),  # BlackLevel
            (50717, long, 1, round(self.white), True),  # WhiteLevel
            (50721, signed_rational, 9, tuple(matrix), True),  # ColorMatrix1
            (50728, rational, 3, tuple(neutral), True),  # AsShotNeutral
            (50778, short, 1, 21, True),  # CalibrationIlluminant1: D65
        ]
        if self.noise:
            tags.append((51041, double, 2, self.noise, True))  # NoiseProfile
        file = io.BytesIO()
        tifffile.imwrite(
            file, self.mosaic.astype(np.uint16), photometric="cfa", compression=None, metadata=None, extratags=tags
        )
        file.seek(0)
        return file
