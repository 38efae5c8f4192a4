"""Who is measured, and how each is started. Rows of the report are in this order."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import halide_peer
import libraw_peer
from peer_frames import BITS, Frame

OURS = "SoftISP"
FOLDER = Path(__file__).parent
WORDS, RAW10 = f"SRGGB{BITS}", f"SRGGB{BITS}_CSI2P"


@dataclass(frozen=True)
class Contestant:
    """One way of one library to develop a frame."""

    library: str
    work: str
    command: Callable[[Frame, int], list[str]]  # for a frame and a number of threads
    is_single: bool = False  # one frame a round, since one is long or a mean already

    @property
    def name(self) -> str:
        return f"{self.library}, {self.work}"


def script(name: str, source: Path, frame: Frame, way: str, threads: int) -> list[str]:
    """The command of a peer that is one of the scripts here."""
    arguments = ["--serve", "--source", source, "--size", frame.size, "--way", way, "--threads", threads]
    return [sys.executable, str(FOLDER / name), *map(str, arguments)]


def plan_command(
    plan_bench: Path, source: Path, frame: Frame, sample_format: str, plan: str, sink: str, threads: int
) -> list[str]:
    """The command of one of SoftISP's plans."""
    arguments = ["--source", source, "--size", frame.size, "--format", sample_format]
    return [str(plan_bench), "--serve", *map(str, [*arguments, "--plan", plan, "--sink", sink, "--threads", threads])]


# SoftISP


def ours(plan_bench: Path, work: str, plan: str, sink: str, sample_format: str = WORDS) -> Contestant:
    def command(frame: Frame, threads: int) -> list[str]:
        source = frame.packed if sample_format == RAW10 else frame.words
        return plan_command(plan_bench, source, frame, sample_format, plan, sink, threads)

    return Contestant(OURS, work, command)


CAMERA_PIPE = "`camera-pipe` to RGB"
COLOR, COLOR_RAW10 = "`color` to BGRX", "`color` from RAW10 to BGRX"
VIDEO = "`video` to NV12"


def softisp(plan_bench: Path) -> list[Contestant]:
    """SoftISP's plans; `floor` reads the frame and writes a picture, which no plan can beat."""
    return [
        ours(plan_bench, CAMERA_PIPE, "camera-pipe", "RGB888"),
        ours(plan_bench, COLOR, "color", "BGRX8888"),
        ours(plan_bench, COLOR_RAW10, "color", "BGRX8888", RAW10),
        ours(plan_bench, VIDEO, "video", "NV12"),
        ours(plan_bench, "`floor` to RGB: reads and writes memory alone", "floor", "RGB888"),
        ours(plan_bench, "`floor` to NV12", "floor", "NV12"),
    ]


# Peers


def halide(target: str, layout: str) -> Contestant:
    return Contestant(
        "Halide",
        f"camera pipeline to {layout} RGB, {'AVX2' if target == 'avx2' else 'all of the processor'}",
        lambda frame, threads: script("halide_peer.py", frame.words, frame, f"{target}-{layout}", threads),
    )


def opencv(work: str, way: str, is_packed: bool = False) -> Contestant:
    return Contestant(
        "OpenCV",
        work,
        lambda frame, threads: script(
            "opencv_peer.py", frame.packed if is_packed else frame.words, frame, way, threads
        ),
    )


HALIDE = [halide(target, layout) for target in halide_peer.TARGETS for layout in halide_peer.LAYOUTS]
OPENCV_8_BIT = opencv("ISP in 8 bits to BGR", "8bit")
OPENCV_16_BIT = opencv("ISP in 16 bits to BGR", "16bit")
OPENCV_RAW10 = opencv("ISP in 8 bits from RAW10 to BGR", "8bit-raw10", is_packed=True)
OPENCV = [
    OPENCV_8_BIT,
    OPENCV_16_BIT,
    OPENCV_RAW10,
    opencv("of that, unpacking RAW10 with numpy", "unpack", is_packed=True),
]
GSTREAMER = Contestant(
    "GStreamer",
    "bayer2rgb ! videoconvert, 8-bit Bayer to NV12",
    lambda frame, threads: script("gstreamer_peer.py", frame.bytes, frame, "nv12", threads),
    is_single=True,
)


def libraw(way: str) -> Contestant:
    return Contestant(
        "LibRaw",
        f"postprocess to RGB, {way}",
        lambda frame, threads: script("libraw_peer.py", frame.original or frame.words, frame, way, threads),
        is_single=True,
    )


LIBRAW = [libraw(way) for way in libraw_peer.WAYS]


def of_scenes(plan_bench: Path | None) -> list[Contestant]:
    """Who develops the scene."""
    return [*(softisp(plan_bench) if plan_bench else []), *HALIDE, *OPENCV, GSTREAMER]


def of_camera_file(plan_bench: Path | None) -> list[Contestant]:
    """Who develops the camera file, SoftISP from the mosaic that LibRaw decodes from it."""
    ours_too = softisp(plan_bench) if plan_bench else []
    return [*(contestant for contestant in ours_too if contestant.work in (CAMERA_PIPE, COLOR, VIDEO)), *LIBRAW]
