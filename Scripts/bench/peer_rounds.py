"""Measures contestants in turn, round after round: A B C D A B C D ... The speed of a machine that others use too drifts
within seconds; what was measured in the same round drifts together."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles

from peer_client import Peer, PeerFailure
from peer_contestants import Contestant
from peer_frames import Frame
from peer_others import Watch

Entry = tuple[str, int]  # a contestant's name and its number of threads

# A turn lasts so long, since the processor time of others is counted in hundredths of a second, and has so many frames.
TURN = 0.06  # seconds
FRAMES = 3
# Cores that others may take in a turn; it is tried again some times, until the run has no patience left.
OTHERS = 0.3
TRIES = 6
PAUSE = 0.5  # seconds between tries
PATIENCE = 600.0  # seconds that a run may lose so


@dataclass(frozen=True)
class Ratio:
    """How one entry stands to another."""

    of_medians: float
    within_rounds: float  # the median of the ratios within rounds

    def __str__(self) -> str:
        return f"{self.of_medians:.3f} (within rounds {self.within_rounds:.3f})"


@dataclass
class Patience:
    """How often others disturbed a run, and how long it may still wait for them."""

    left: float = PATIENCE
    turns: int = 0
    disturbed: int = 0  # turns that count though others took part


@dataclass(frozen=True)
class Measured:
    """What all rounds on one frame found: nanoseconds per pixel, one number a round."""

    frame: Frame
    series: dict[Entry, list[float]]
    missing: dict[Entry, str] = field(default_factory=dict)  # who could not be measured, and why

    def median(self, entry: Entry) -> float:
        return median(self.series[entry])

    def spread(self, entry: Entry) -> tuple[float, float]:
        """What one round in ten stays below and exceeds."""
        if len(self.series[entry]) < 2:
            return self.series[entry][0], self.series[entry][0]
        tenths = quantiles(self.series[entry], n=10, method="inclusive")
        return tenths[0], tenths[-1]

    def ratio(self, entry: Entry, to: Entry) -> Ratio:
        """How an entry stands to another one."""
        return Ratio(
            self.median(entry) / self.median(to),
            median(a / b for a, b in zip(self.series[entry], self.series[to], strict=True)),
        )

    def scaling(self, name: str) -> float:
        """How many times as fast a contestant is on two threads, which are measured right after one. Within rounds: how much
        the second core is worth changes with what the host does beside."""
        return self.ratio((name, 1), (name, 2)).within_rounds

    def fastest(self, names: list[str], threads: int) -> Entry | None:
        """The one of some contestants with the lowest median."""
        entries = [(name, threads) for name in names if (name, threads) in self.series]
        return min(entries, key=self.median, default=None)


def frames_of_turn(peer: Peer, contestant: Contestant) -> float:
    """Nanoseconds per pixel: the median of some frames. One before them brings the caches and the processor's clock to
    where a stream has them."""
    if contestant.is_single:
        return peer.run() / peer.pixels
    start = time.monotonic()
    peer.run()
    times: list[int] = []
    while len(times) < FRAMES or time.monotonic() - start < TURN:
        times.append(peer.run())
    return median(times) / peer.pixels


def turn(peer: Peer, contestant: Contestant, patience: Patience) -> float:
    """One contestant's part of a round, undisturbed if that can be had."""
    patience.turns += 1
    for tries_left in reversed(range(TRIES)):
        watch, start = Watch(peer.process.pid), time.monotonic()
        value = frames_of_turn(peer, contestant)
        if watch.cores_taken() <= OTHERS:
            break
        if tries_left == 0 or patience.left <= 0:
            patience.disturbed += 1
            break
        time.sleep(PAUSE)
        patience.left -= time.monotonic() - start
    return value


def start_all(
    frame: Frame, contestants: list[Contestant], thread_counts: list[int], measured: Measured, stack: ExitStack
) -> list[tuple[Entry, Peer, Contestant]]:
    """Everybody who starts."""
    peers = []
    for contestant in contestants:
        for threads in thread_counts:
            entry = (contestant.name, threads)
            try:
                peer = stack.enter_context(Peer(contestant.name, contestant.command(frame, threads)))
            except PeerFailure as failure:
                measured.missing[entry] = str(failure)
                continue
            if peer.pixels != frame.pixels:
                raise PeerFailure(f"{contestant.name}: develops {peer.pixels} pixels instead of {frame.pixels}")
            peers.append((entry, peer, contestant))
            measured.series[entry] = []
    return peers


def measure(
    frame: Frame,
    contestants: list[Contestant],
    thread_counts: list[int],
    rounds: int,
    patience: Patience,
    progress: Callable[[str], None],
) -> Measured:
    """Starts everybody, then measures everybody in every round; one with two threads comes right after the same with one."""
    measured = Measured(frame, {})
    with ExitStack() as stack:
        peers = start_all(frame, contestants, thread_counts, measured, stack)
        for failure in dict.fromkeys(measured.missing.values()):
            progress(failure)
        for index in range(rounds + 1):  # the first one is a rehearsal
            progress(f"{frame.label}: {f'round {index} of {rounds}' if index else 'warm-up'}")
            for entry, peer, contestant in peers:
                value = turn(peer, contestant, patience if index else Patience(left=0))
                if index:
                    measured.series[entry].append(value)
    return measured
