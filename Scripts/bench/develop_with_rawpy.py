"""The peer of `bench_develop.py`: LibRaw develops a raw file to a 16-bit TIFF with its defaults (AHD).

develop_with_rawpy.py RAW TIFF     develops; prints the seconds without start-up and imports
develop_with_rawpy.py --sizes RAW ...   prints the number of pixels of each file, one a line
"""

from __future__ import annotations

import sys
import time

import rawpy
import tifffile


def develop(raw_file: str, tiff_file: str) -> None:
    start = time.perf_counter()
    with rawpy.imread(raw_file) as raw:
        picture = raw.postprocess(output_bps=16)
    tifffile.imwrite(tiff_file, picture)
    print(time.perf_counter() - start)


def print_sizes(raw_files: list[str]) -> None:
    for file in raw_files:
        with rawpy.imread(file) as raw:
            print(raw.sizes.width * raw.sizes.height)


if __name__ == "__main__":
    if sys.argv[1] == "--sizes":
        print_sizes(sys.argv[2:])
    else:
        develop(sys.argv[1], sys.argv[2])
