"""The serving side of the protocol by which all contestants are measured; PlanBench speaks it as well.

A contestant is a process that stays up, so that neither start-up nor compilation nor a first frame counts. It says
`ready PIXELS` once, then answers the lines of its standard input: `run` develops one frame and says how many nanoseconds
that took, `write FILE` writes the last picture's bytes and says `written`, `quit` ends it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Job:
    """What a contestant is asked to do."""

    source: Path
    width: int
    height: int
    way: str
    threads: int


def parse_job(description: str, ways: list[str]) -> Job:
    """The job on the command line; `ways` are the contestant's variants."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--serve", action="store_true", required=True, help="stay up and answer standard input")
    parser.add_argument("--source", type=Path, required=True, help="the frame's file")
    parser.add_argument("--size", required=True, metavar="WxH")
    parser.add_argument("--way", choices=ways, required=True)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    width, height = (int(number) for number in arguments.size.split("x"))
    return Job(arguments.source, width, height, arguments.way, arguments.threads)


def timed(work: Callable[[], object]) -> Callable[[], int]:
    """Does the work and tells its nanoseconds."""

    def run() -> int:
        start = time.perf_counter_ns()
        work()
        return time.perf_counter_ns() - start

    return run


def serve(pixels: int, run: Callable[[], int], picture: Callable[[], NDArray[np.uint8]]) -> None:
    """Answers standard input to its end; `run` tells its nanoseconds."""
    print(f"ready {pixels}", flush=True)
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "run":
            print(run(), flush=True)
        elif word == "write":
            Path(rest).write_bytes(np.ascontiguousarray(picture()).tobytes())
            print("written", flush=True)
        elif word == "quit":
            return
        else:
            sys.exit(f"what is '{line.strip()}'? There are run, write FILE, and quit")
