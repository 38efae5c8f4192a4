"""Frames developed by SoftISP and by its peers: upright sRGB-coded pictures of the same size."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import rawpy
from command_peers import DARKTABLE, RAWTHERAPEE, CommandPeerError, available, darktable, rawtherapee, version
from library_peers import libraw, opencv
from metrics import SRGB_TO_XYZ, Array, encode
from raw import XYZ_TO_SRGB, Raw
from section import OURS, Context
from softisp import SoftISPError, develop_file, run
from stages import Stage

PROGRAMS = {"RawTherapee": RAWTHERAPEE, "darktable": DARKTABLE}
NEUTRAL = ("--tone", "srgb")
ALONE = ("--denoise", "0", "--chroma-denoise", "0", "--sharpen", "0")
# Numpy's way to each EXIF orientation of a stored frame.
TURNS: dict[int, Callable[[Array], Array]] = {
    1: lambda picture: picture,
    2: np.fliplr,
    3: lambda picture: np.rot90(picture, 2),
    4: np.flipud,
    5: lambda picture: picture.transpose(1, 0, 2),
    6: lambda picture: np.rot90(picture, -1),
    7: lambda picture: np.rot90(picture, 2).transpose(1, 0, 2),
    8: np.rot90,
}

Contender = tuple[str, Callable[[], Array]]


def frame_facts(file: Path) -> dict[str, object]:
    """The sidecar of a raw dump."""
    return dict(json.loads(file.with_name(file.name + ".json").read_text(encoding="utf-8")))


def read_frame(context: Context, file: Path) -> Raw:
    """A frame for the peers, with the colours that SoftISP gives it: the matrix that suits daylight (the second of two, or
    the one there is), or gains and matrix made of one to sRGB; sRGB itself when the file names none."""
    facts, raw = frame_facts(file), whole_black(Raw.read(file))
    if "wb_gains" not in facts:
        raw = dataclasses.replace(raw, gains=resolved_gains(context, file))
    if to_srgb := facts.get("ccm_camera_to_rgb_rows"):
        return with_matrix_to_srgb(raw, np.array(to_srgb))
    matrix = facts.get("color_matrix_2_xyz_to_camera") or facts.get("color_matrix_1_xyz_to_camera")
    return dataclasses.replace(raw, xyz_to_camera=matrix or XYZ_TO_SRGB)


def whole_black(raw: Raw) -> Raw:
    """A frame of twice the scale where the black level is a half: the peers round it."""
    if float(raw.black).is_integer():
        return raw
    return dataclasses.replace(raw, mosaic=raw.mosaic * 2, bits=16, black=raw.black * 2, white=raw.white * 2)


def with_matrix_to_srgb(raw: Raw, to_srgb: Array) -> Raw:
    """DNG readers make white of balanced camera white. A matrix whose rows do not add to 1 tints it, so the tint goes into
    the gains, and what remains of the matrix keeps white."""
    tint = 1 / np.linalg.inv(to_srgb).sum(1)
    red, green, blue = np.array(raw.gains) * tint / tint[1]
    from_xyz = np.diag(1 / np.array([red, green, blue])) @ np.linalg.inv(to_srgb / tint) @ np.array(XYZ_TO_SRGB)
    return dataclasses.replace(raw, gains=(red, green, blue), xyz_to_camera=from_xyz.tolist())


def resolved_gains(context: Context, file: Path) -> tuple[float, float, float]:
    """The gains that SoftISP develops a frame with: those of the file, or its own estimate for a file that has none."""
    settings = context.folder / "settings.yaml"
    picture = context.folder / "settings.ppm"
    run([str(context.softisp), "develop", str(file), "-o", str(picture), "--overwrite", "--save-settings", str(settings)])
    found = re.search(r'^white_balance: "([^"]+)"$', settings.read_text(encoding="utf-8"), re.MULTILINE)
    settings.unlink()
    if not found:
        raise SoftISPError(f"softisp develop --save-settings states no gains for {file.name}")
    red, green, blue = map(float, found[1].split(","))
    return red, green, blue


def camera_to_srgb(raw: Raw) -> Array:
    """From balanced camera RGB to linear sRGB, white to white, as dcraw and its heirs make it."""
    to_camera = np.array(raw.xyz_to_camera) @ SRGB_TO_XYZ
    return np.asarray(np.linalg.inv(to_camera / to_camera.sum(1, keepdims=True)))


def contenders(context: Context, file: Path) -> Iterator[Contender]:
    """Names with developments of one frame, SoftISP at its defaults first."""
    facts, raw = frame_facts(file), read_frame(context, file)
    orientation = facts.get("exif_orientation", 1)
    turn = TURNS[orientation if isinstance(orientation, int) else 1]
    # The peers show saturated green as white; so does this, whatever baseline exposure the file states.
    exposure = ("--exposure", f"{-float(str(facts.get('baseline_exposure_ev', 0))):.6f}")

    def ours(*options: str) -> Callable[[], Array]:
        return lambda: develop_file(context, file, *options)

    def by_libraw(method: str) -> Callable[[], Array]:
        return lambda: turn(encode(libraw(raw, method, output_color=rawpy.ColorSpace.sRGB)))

    yield OURS, ours()
    yield f"{OURS} neutral", ours(*NEUTRAL, *exposure)
    yield f"{OURS} neutral, demosaic alone", ours(*NEUTRAL, *exposure, *ALONE)
    yield "LibRaw AHD", by_libraw("AHD")
    yield "LibRaw DCB", by_libraw("DCB")
    yield "OpenCV edge-aware", lambda: turn(encode(opencv(raw) @ camera_to_srgb(raw).T))
    yield "RawTherapee AMaZE", lambda: turn(rawtherapee([raw], {}, context.folder)[raw.name])
    yield "darktable", lambda: turn(darktable([raw], context.folder)[raw.name])


def noisy_frame(context: Context) -> Path:
    """A frame of the synthetic camera at ISO 6400."""
    file = context.folder / "noisy.raw"
    if not file.exists():
        run([str(context.softisp), "capture", "-o", str(file), "--iso", "6400", "--psf", "0.5"])
    return file


def develop_stage(context: Context, stage: Stage) -> list[tuple[str, Array]]:
    """A picture for each value of the option, everything else at its default."""
    file = context.data / "raw" / stage.frame if stage.frame else noisy_frame(context)
    return [(value, develop_file(context, file, f"--{stage.option}", value)) for value in stage.values]


def check_tools() -> None:
    """The programs must be there."""
    for program in PROGRAMS.values():
        if not available(program):
            raise CommandPeerError(f"{program} is not there; Scripts/install-dependencies.sh developers installs it")


def number(text: str) -> str:
    """The version number in what a program says about itself."""
    found = re.search(r"\d+(\.\d+)+", text)
    return found[0] if found else text


def versions(softisp: Path) -> list[str]:
    """What made the pictures."""
    return [
        f"SoftISP {run([str(softisp), '--version']).strip()}",
        f"rawpy {rawpy.__version__} (LibRaw {'.'.join(map(str, rawpy.libraw_version))})",
        f"OpenCV {cv2.__version__}",
        *(f"{name} {number(version(program))}" for name, program in PROGRAMS.items()),
    ]
