"""The frames that all contestants get: one real RGGB frame in 10 bits at three sizes, in every packing that a contestant
reads, and the mosaic of the camera file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rawpy
from numpy.typing import NDArray
from peer_data import PeerData

Mosaic = NDArray[np.uint16]

BITS = 10
WHITE = 2**BITS - 1
SIZES = {"1080p": (1920, 1080), "5 MP": (2592, 1944), "12 MP": (4000, 3000)}
CAMERA_FRAME = "camera file"


@dataclass(frozen=True)
class Frame:
    """A frame on disk: RGGB, 10 bits, black and white as 10-bit samples."""

    label: str
    width: int
    height: int
    words: Path  # 16-bit little-endian words, with a sidecar
    packed: Path  # MIPI CSI-2 RAW10
    bytes: Path  # the upper 8 bits
    original: Path | None = None  # the camera file it is from

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True)
class Levels:
    """What a development needs to know of a frame; it is written into the sidecar, and peers read it there."""

    black: int
    gains: list[float]
    matrix: list[list[float]]  # balanced camera RGB to linear sRGB


NEUTRAL = Levels(0, [1, 1, 1], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])


def pack_raw10(mosaic: Mosaic) -> NDArray[np.uint8]:
    """MIPI CSI-2 RAW10: four upper bytes, then their lower bits in a fifth, the first sample's lowest."""
    groups = mosaic.reshape(mosaic.shape[0], -1, 4)
    packed = np.empty((*groups.shape[:2], 5), np.uint8)
    packed[..., :4] = groups >> 2
    packed[..., 4] = ((groups & 3) << np.array([0, 2, 4, 6], np.uint16)).sum(-1)
    return packed.reshape(mosaic.shape[0], -1)


def write_frame(folder: Path, label: str, mosaic: Mosaic, levels: Levels, original: Path | None = None) -> Frame:
    """Writes a frame in every packing."""
    height, width = mosaic.shape
    stem = f"{label.replace(' ', '-')}_{width}x{height}"
    frame = Frame(
        label,
        width,
        height,
        folder / f"{stem}_words.raw",
        folder / f"{stem}_raw10.raw",
        folder / f"{stem}_bytes.raw",
        original,
    )
    facts = {
        "width": width,
        "height": height,
        "cfa": "RGGB",
        "bits_per_sample": BITS,
        "format": f"SRGGB{BITS}",
        "stride_bytes": 2 * width,
        "black_level": levels.black,
        "white_level": WHITE,
        "wb_gains": dict(zip("rgb", levels.gains, strict=True)),
        "ccm_camera_to_rgb_rows": levels.matrix,
    }
    mosaic.astype("<u2").tofile(frame.words)
    frame.words.with_name(f"{frame.words.name}.json").write_text(json.dumps(facts), encoding="utf-8")
    if width % 4 == 0:
        pack_raw10(mosaic).tofile(frame.packed)
    (mosaic >> 2).astype(np.uint8).tofile(frame.bytes)
    return frame


def read_levels(words: Path) -> Levels:
    """What the sidecar of a frame says."""
    facts = json.loads(words.with_name(f"{words.name}.json").read_text(encoding="utf-8"))
    return Levels(
        facts["black_level"], [facts["wb_gains"][letter] for letter in "rgb"], facts["ccm_camera_to_rgb_rows"]
    )


def read_words(words: Path, size: tuple[int, int]) -> Mosaic:
    width, height = size
    return np.fromfile(words, "<u2").reshape(height, width)


def srgb_curve(size: int) -> NDArray[np.uint8]:
    """The curve that the peers end with as a table: linear light to 8-bit sRGB (IEC 61966-2-1)."""
    light = np.arange(size) / (size - 1)
    codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(codes * 255).astype(np.uint8)


def scene(file: Path) -> tuple[Mosaic, Levels]:
    """The scene in 10 bits. It is GRBG: without the first column it is RGGB."""
    facts = json.loads(file.with_name(f"{file.name}.json").read_text(encoding="utf-8"))
    bytes_ = np.fromfile(file, np.uint8).reshape(facts["height"], facts["width"]).astype(np.uint32)
    mosaic = ((bytes_ * WHITE + 127) // 255).astype(np.uint16)[:, 1:]
    gains = [facts["wb_gains"][letter] for letter in "rgb"]
    return mosaic, Levels(round(facts["black_level"] * WHITE / 255), gains, facts["ccm_camera_to_rgb_rows"])


def fitted(mosaic: Mosaic, width: int, height: int) -> Mosaic:
    """Cut to a size, or mirrored at the right and at the bottom to reach it. A mirror that runs through the last column or
    row keeps the colour phase."""
    missing = [(0, max(0, height - mosaic.shape[0])), (0, max(0, width - mosaic.shape[1]))]
    return np.ascontiguousarray(np.pad(mosaic, missing, "reflect")[:height, :width])


def scene_frames(data: PeerData, folder: Path, labels: list[str]) -> list[Frame]:
    """The scene at those of the three sizes."""
    mosaic, levels = scene(data.frame)
    return [write_frame(folder, label, fitted(mosaic, *SIZES[label]), levels) for label in labels]


def camera_frame(data: PeerData, folder: Path) -> Frame:
    """The mosaic of the camera file in 10 bits, as LibRaw decodes it. Its matrix is nobody's business here: it stays neutral."""
    with rawpy.imread(str(data.camera_file)) as raw:
        samples = raw.raw_image_visible
        to_10_bit = WHITE / raw.white_level
        mosaic = np.rint(samples * to_10_bit).astype(np.uint16)
        balance = raw.camera_whitebalance
        gains = [balance[index] / balance[1] for index in range(3)]
        levels = Levels(round(raw.black_level_per_channel[0] * to_10_bit), gains, NEUTRAL.matrix)
    return write_frame(folder, CAMERA_FRAME, np.minimum(mosaic, WHITE), levels, data.camera_file)
