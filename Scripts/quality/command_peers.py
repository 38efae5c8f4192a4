"""Peers that are programs of their own: rawtherapee-cli and darktable-cli, fed with DNG files, giving 16-bit TIFF."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tifffile
from metrics import Array
from raw import Raw

RAWTHERAPEE = "rawtherapee-cli"
DARKTABLE = "darktable-cli"

# Nothing but the demosaic: camera white balance, the file's own matrix, sRGB out, no curve, no highlight recovery.
NEUTRAL: dict[str, dict[str, str]] = {
    "Exposure": {"Auto": "false", "Compensation": "0", "HistogramMatching": "false", "Black": "0"},
    "HLRecovery": {"Enabled": "false"},
    "White Balance": {"Enabled": "true", "Setting": "Camera"},
    "Color Management": {
        "InputProfile": "(cameraICC)",
        "ToneCurve": "false",
        "ApplyLookTable": "false",
        "ApplyBaselineExposureOffset": "false",
        "ApplyHueSatMap": "false",
        "WorkingProfile": "ProPhoto",
        "OutputProfile": "RTv4_sRGB",
        "OutputProfileIntent": "Relative",
    },
    "RAW": {"CA": "false", "HotPixelFilter": "false", "DeadPixelFilter": "false"},
    "RAW Bayer": {"Method": "amaze", "Border": "0", "CcSteps": "0", "PreExposure": "1"},
    "LensProfile": {"LcMode": "none"},
    "Crop": {"Enabled": "false"},
}

Profile = Mapping[str, Mapping[str, str]]


class CommandPeerError(Exception):
    """A program failed or gave something other than asked."""


def available(program: str) -> bool:
    return shutil.which(program) is not None


def version(program: str) -> str:
    """The version a program states."""
    option = "--version" if program == DARKTABLE else "-v"
    done = subprocess.run([program, option], capture_output=True, text=True, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if any(c.isdigit() for c in line)]
    return lines[0].strip() if lines else program


def rawtherapee(raws: list[Raw], changes: Profile, folder: Path) -> dict[str, Array]:
    """Every frame developed with the neutral profile and some changes to it; sRGB-coded pictures by name."""
    profile = {name: dict(keys) for name, keys in NEUTRAL.items()}
    for name, keys in changes.items():
        profile.setdefault(name, {}).update(keys)
    text = "".join(
        f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()) + "\n"
        for name, keys in profile.items()
    )
    work = fresh(folder / "rawtherapee")
    (work / "profile.pp3").write_text(text, encoding="utf-8")
    (work / "out").mkdir()
    files = [write(raw, work) for raw in raws]
    run(
        [
            RAWTHERAPEE,
            *("-q", "-o", f"{work / 'out'}", "-p", f"{work / 'profile.pp3'}", "-t", "-b16", "-Y", "-c"),
            *map(str, files),
        ]
    )
    return {raw.name: picture(work / "out" / f"{raw.name}.tif") for raw in raws}


def darktable(raws: list[Raw], folder: Path) -> dict[str, Array]:
    """Every frame developed without any automatic preset but what darktable does to each raw file."""
    pictures: dict[str, Array] = {}
    for raw in raws:
        work = fresh(folder / "darktable")
        file = write(raw, work)
        run(
            [
                DARKTABLE,
                *(f"{file}", f"{work / 'out.tif'}", "--apply-custom-presets", "false", "--icc-type", "SRGB"),
                *("--core", "--library", ":memory:", "--configdir", f"{work / 'config'}"),
                *("--conf", "plugins/darkroom/workflow=none", "--conf", "plugins/imageio/format/tiff/bpp=16"),
                *("--conf", "plugins/darkroom/chromatic-adaptation=legacy"),
                *("--conf", "plugins/darkroom/sharpen/auto=false", "--disable-opencl"),
            ]
        )
        pictures[raw.name] = picture(work / "out.tif")
    return pictures


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write(raw: Raw, folder: Path) -> Path:
    file = folder / f"{raw.name}.dng"
    file.write_bytes(raw.dng().read())
    return file


def run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CommandPeerError(f"{command[0]} failed with exit code {done.returncode}: {done.stderr.strip()[-300:]}")


def picture(file: Path) -> Array:
    if not file.exists():
        raise CommandPeerError(f"no {file.name} was written")
    return np.asarray(tifffile.imread(file), np.float64) / 65535
