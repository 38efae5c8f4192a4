"""What other programs take of the processor while a contestant is measured. A compiler that runs beside it halves what
two threads reach, so such a measurement is done again. Where there is no /proc, nobody is seen."""

from __future__ import annotations

import os
import time
from pathlib import Path

STAT = Path("/proc/stat")
# Fields of a line of /proc/stat after its name: user, nice, system, idle, iowait, irq, softirq, steal.
BUSY_FIELDS = [0, 1, 2, 5, 6, 7]
# Fields of /proc/PID/stat after the name in brackets: user and system time, and those of children that ended.
OWN_FIELDS = slice(11, 15)


def busy_ticks() -> int:
    """What all programs together took, the share that the host took away included."""
    numbers = [int(word) for word in STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:]]
    return sum(numbers[field] for field in BUSY_FIELDS)


def ticks_of(process: int) -> int:
    """What a process and its ended children took."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(word) for word in after_name[OWN_FIELDS])


class Watch:
    """Counts from its making on; `process` is the contestant's, whose work does not count."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.is_blind = not STAT.exists()
        self.start = self._now()

    def cores_taken(self) -> float:
        """How many cores others took on average."""
        if self.is_blind:
            return 0
        now = self._now()
        wall, busy, own = (after - before for after, before in zip(now, self.start, strict=True))
        return max(0, busy - own) / os.sysconf("SC_CLK_TCK") / wall

    def _now(self) -> tuple[float, int, int]:
        if self.is_blind:
            return time.monotonic(), 0, 0
        return time.monotonic(), busy_ticks(), ticks_of(self.process)
