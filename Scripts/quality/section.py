"""What a measurement hands to the report: a table with its findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

OURS = "SoftISP"


@dataclass(frozen=True)
class Finding:
    """One checked promise, in words."""

    text: str
    is_kept: bool

    def __str__(self) -> str:
        return f"{'kept' if self.is_kept else 'MISSED'}: {self.text}"


@dataclass(frozen=True)
class Section:
    """One table of the report."""

    title: str
    text: str
    header: list[str]
    rows: list[list[str]]
    text_columns: int
    findings: list[Finding] = field(default_factory=list)
    # Where a peer is ahead of SoftISP, and why.
    behind: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """What every measurement needs."""

    softisp: Path
    data: Path
    folder: Path


def ours_bold(cells: list[str], text_columns: int) -> list[str]:
    """A row whose text is bold where it is about SoftISP."""
    if not cells[0].startswith(OURS):
        return cells
    return [f"**{cell}**" if cell else cell for cell in cells[:text_columns]] + cells[text_columns:]
