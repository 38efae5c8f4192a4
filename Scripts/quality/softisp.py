"""SoftISP, run as a user runs it: the `softisp` command on raw dumps."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from images import Picture, TruthSet, rggb_mosaic
from numpy.typing import NDArray
from PIL import Image
from raw import Raw
from section import Context

# Everything but the demosaic is switched off.
DEMOSAIC_ALONE = [
    *("--format", "ppm", "--bits", "8", "--tone", "linear", "--matrix", "none"),
    *("--white-balance", "1,1,1", "--exposure", "0", "--highlights", "off"),
    *("--defects", "off", "--lens-shading", "off", "--denoise", "0", "--demosaic-coding", "linear"),
    *("--sharpen", "0", "--chroma-denoise", "0"),
]


class SoftISPError(Exception):
    """The command failed, or gave something other than asked."""


@dataclass(frozen=True)
class Algorithm:
    """A row of `softisp list demosaic --json`."""

    name: str
    kind: str


def run(command: list[str]) -> str:
    """The standard output of a command that must succeed."""
    try:
        done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise SoftISPError(f"{command[0]} is not there; `make build` makes it") from error
    except subprocess.CalledProcessError as error:
        words = " ".join(command[:3])
        raise SoftISPError(f"{words} ... failed with exit code {error.returncode}: {error.stderr.strip()}") from error
    return done.stdout


def list_algorithms(softisp: Path) -> list[Algorithm]:
    """The demosaic algorithms this build has."""
    rows = json.loads(run([str(softisp), "list", "demosaic", "--json"]))
    return [Algorithm(row["name"], row.get("class", "")) for row in rows]


def write_raw_dump(picture: Picture, file: Path) -> None:
    """The RGGB mosaic of a picture as an 8-bit raw dump with its sidecar."""
    height, width, _ = picture.shape
    facts = {
        "file": file.name,
        "width": width,
        "height": height,
        "cfa": "RGGB",
        "bits_per_sample": 8,
        "format": "SRGGB8",
        "stride_bytes": width,
        "black_level": 0,
        "white_level": 255,
        "wb_gains": {"r": 1, "g": 1, "b": 1},
    }
    rggb_mosaic(picture).tofile(file)
    file.with_name(file.name + ".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def write_raw_dumps(sets: list[TruthSet], folder: Path) -> list[Path]:
    """A raw dump of every picture."""
    files: list[Path] = []
    for name, picture in ((name, picture) for truth in sets for name, picture in truth.pictures.items()):
        files.append(folder / f"{name}.raw")
        write_raw_dump(picture, files[-1])
    return files


def develop(softisp: Path, algorithm: str, raws: list[Path], folder: Path) -> dict[str, Picture]:
    """Every raw dump developed with one algorithm in one command, by name without the extension."""
    folder.mkdir()
    run([str(softisp), "develop", *map(str, raws), "-o", f"{folder}/", "--demosaic", algorithm, *DEMOSAIC_ALONE])
    return {raw.stem: read_ppm(folder / f"{raw.stem}.ppm") for raw in raws}


def read_ppm(file: Path) -> Picture:
    """An 8-bit RGB picture that the command must have written."""
    if not file.exists():
        written = ", ".join(sorted(path.name for path in file.parent.iterdir())) or "nothing"
        raise SoftISPError(f"softisp develop wrote no {file.name}; it wrote {written}")
    picture = Image.open(file)
    if picture.mode != "RGB":
        raise SoftISPError(f"{file.name} is not 8-bit RGB but {picture.mode}")
    return np.asarray(picture)


def develop_raw(context: Context, raw: Raw, *options: str) -> NDArray[np.float64]:
    """One frame developed to a 16-bit picture; codes as 0 to 1."""
    return develop_file(context, raw.write(context.folder), *options)


def develop_file(context: Context, file: Path, *options: str) -> NDArray[np.float64]:
    """One raw file developed to a 16-bit picture; codes as 0 to 1."""
    picture = context.folder / f"{file.stem}.ppm"
    run([str(context.softisp), "develop", str(file), "-o", str(picture), "--overwrite", "--bits", "16", *options])
    return read_16_bit(picture)


def read_16_bit(file: Path) -> NDArray[np.float64]:
    """A 16-bit binary PPM or PGM as the command writes them."""
    data = file.read_bytes()
    kind, size, maximum, samples = data.split(b"\n", 3)
    width, height = map(int, size.split())
    if kind not in (b"P5", b"P6") or maximum != b"65535":
        raise SoftISPError(f"{file.name} is not a 16-bit picture")
    codes = np.frombuffer(samples, ">u2").astype(np.float64) / 65535
    return codes.reshape((height, width) if kind == b"P5" else (height, width, 3))
