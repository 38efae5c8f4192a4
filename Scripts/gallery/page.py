"""The page itself: plain HTML and CSS, nothing from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from pictures import Shown

STYLE = """
:root { color-scheme: light dark; --zoom: 2; --paper: #f6f6f4; --ink: #1c1c1a; --faint: #66665f; --line: #d8d8d2; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #191917; --ink: #e8e8e3; --faint: #9b9b93; --line: #3a3a36; }
}
:root:has(#zoom-1:checked) { --zoom: 1; }
:root:has(#zoom-3:checked) { --zoom: 3; }
:root:has(#zoom-4:checked) { --zoom: 4; }
body { margin: 0 auto; padding: 1.5rem; max-width: 1800px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; } h2 { margin: 3rem 0 0; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { margin: 1.5rem 0 0.4rem; font-size: 1rem; } h3 small { font-weight: normal; color: var(--faint); }
p { max-width: 75ch; margin: 0.4rem 0; } .faint, figcaption { color: var(--faint); }
nav { columns: 14rem; margin: 1rem 0; } nav a { display: block; color: inherit; }
figure { margin: 0; } figcaption { font-size: 0.8rem; }
.overview img { max-width: 100%; height: auto; max-height: 80vh; width: auto; }
.row { display: flex; flex-wrap: wrap; gap: 0.7rem; }
.row img { display: block; max-width: 100%; width: calc(var(--w) * var(--zoom) * 1px); aspect-ratio: var(--w) / var(--h);
  image-rendering: pixelated; cursor: pointer; touch-action: manipulation; }
.ours figcaption { color: var(--ink); font-weight: 600; }
.zoom { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: 0.4rem 0;
  border-bottom: 1px solid var(--line); }
.zoom label { margin-right: 1rem; }
"""

# While a picture is held down, the first of its row is seen in its place: differences flicker.
SCRIPT = """
for (const row of document.querySelectorAll(".row")) {
  const first = row.querySelector("img").src;
  for (const image of row.querySelectorAll("img")) {
    const own = image.src;
    image.draggable = false;
    image.addEventListener("pointerdown", () => { image.src = first; });
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) image.addEventListener(end, () => { image.src = own; });
  }
}
"""


@dataclass(frozen=True)
class Row:
    """One window, by everybody."""

    title: str
    text: str
    pictures: list[Shown]


@dataclass(frozen=True)
class Part:
    """One frame or one stage: its picture as a whole, and rows of windows."""

    title: str
    text: str
    overview: Shown | None = None
    rows: list[Row] = field(default_factory=list)


def figure(picture: Shown, is_ours: bool) -> str:
    style = f"--w: {picture.width}; --h: {picture.height}"
    kind = ' class="ours"' if is_ours else ""
    return (
        f'<figure{kind}><img loading="lazy" src="{escape(picture.file)}" style="{style}" '
        f'alt="{escape(picture.name)}"><figcaption>{escape(picture.name)}</figcaption></figure>'
    )


def part_html(part: Part, identifier: str, ours: str) -> str:
    """A frame or a stage as HTML."""
    lines = [f'<section id="{identifier}">', f"<h2>{escape(part.title)}</h2>", f"<p>{escape(part.text)}</p>"]
    if part.overview:
        lines.append(
            f'<figure class="overview"><img loading="lazy" src="{escape(part.overview.file)}" '
            f'width="{part.overview.width}" height="{part.overview.height}" alt="{escape(part.title)}">'
            f"<figcaption>{escape(part.overview.name)}</figcaption></figure>"
        )
    for row in part.rows:
        lines.append(f"<h3>{escape(row.title)} <small>{escape(row.text)}</small></h3>")
        lines.append('<div class="row">')
        lines += [figure(picture, picture.name.startswith(ours)) for picture in row.pictures]
        lines.append("</div>")
    return "\n".join([*lines, "</section>"])


def page(title: str, made: str, notes: list[str], parts: list[Part], ours: str) -> str:
    """The whole page."""
    links = "".join(f'<a href="#part-{index}">{escape(part.title)}</a>' for index, part in enumerate(parts))
    zooms = "".join(
        f'<label><input type="radio" name="zoom" id="zoom-{zoom}"{" checked" if zoom == 2 else ""}> {zoom}:1</label>'
        for zoom in (1, 2, 3, 4)
    )
    body = "\n".join(part_html(part, f"part-{index}", ours) for index, part in enumerate(parts))
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f'<h1>{escape(title)}</h1>\n<p class="faint">{escape(made)}</p>',
            *(f"<p>{escape(note)}</p>" for note in notes),
            f"<nav>{links}</nav>\n<div class=\"zoom\">{zooms}</div>\n{body}",
            f"<script>{SCRIPT}</script>\n</body>\n</html>\n",
        ]
    )
