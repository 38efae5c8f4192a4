"""Halide's camera pipeline, written down with the `halide` Python package: the peer that SoftISP's `camera-pipe` is
measured beside.

The stages and their arithmetic are those of the camera pipeline among Halide's published applications: hot pixels are
suppressed, the mosaic is taken apart into four planes, colours are interpolated along the smaller gradient and corrected
by green's second derivative, then a colour matrix, a tone curve from a table of 1024 entries, and an unsharp mask. Samples
are 10 bits in 16, sums wrap in 16. The matrix multiplies in 16 bits too (`pmulhrsw`): the published 32 bits cost 3 % more.

The mosaic is GRBG as in the original. An RGGB frame becomes that by leaving its first column out, so the picture's first
column is the frame's second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import halide as hl

# The tone curve's table: every 10-bit value.
CURVE_SIZE = 1024
# Fraction bits of the matrix, and of the strength of sharpening.
MATRIX_BITS = 8
STRENGTH_BITS = 5
# How far around the picture the frame is read: 4 by the stages, what is left by whole vectors at the right and whole
# pairs of rows at the bottom.
MARGIN = 8
OVERRUN = 128
# A picture is a whole number of these wide, so that no vector hangs over.
VECTOR = 32

INT16, UINT8, UINT16 = hl.Int(16), hl.UInt(8), hl.UInt(16)
x, y, c = hl.Var("x"), hl.Var("y"), hl.Var("c")
Site = tuple[hl.Expr, hl.Expr]


@dataclass(frozen=True)
class Stages:
    """The pipeline's stages, which a schedule names, and its arguments."""

    frame: hl.ImageParam  # 10-bit samples
    matrix: hl.ImageParam  # 4 columns (R, G, B, offset) of 3 rows; fixed point but for the offset, which is in samples
    curve: hl.ImageParam
    strength: hl.Param
    half_strip: hl.Param  # half the rows of a strip
    clean: hl.Func
    planes: hl.Func
    green_at_red: hl.Func
    green_at_blue: hl.Func
    colours: hl.Func
    corrected: hl.Func
    curved: hl.Func
    picture: hl.Func

    @property
    def arguments(self) -> list[hl.Argument]:
        return [self.frame, self.matrix, self.curve, self.strength, self.half_strip]


def func(name: str, value: hl.Expr) -> hl.Func:
    """A plane with that value at (x, y)."""
    plane = hl.Func(name)
    plane[x, y] = value
    return plane


def colour_func(name: str, values: list[hl.Expr]) -> hl.Func:
    """Planes, chosen by c."""
    planes = hl.Func(name)
    planes[x, y, c] = hl.mux(c, values)
    return planes


def average(a: hl.Expr, b: hl.Expr) -> hl.Expr:
    return hl.rounding_halving_add(a, b)


def without_hot_pixels(frame: hl.ImageParam) -> hl.Func:
    """No sample is above the largest of its four neighbours of the same colour."""
    samples = func("samples", hl.cast(INT16, frame[x, y]))
    across = hl.max(samples[x - 2, y], samples[x + 2, y])
    along = hl.max(samples[x, y - 2], samples[x, y + 2])
    return func("clean", hl.clamp(samples[x, y], hl.cast(INT16, 0), hl.max(across, along)))


def flatter(plane: hl.Func, pair: tuple[Site, Site], other: hl.Func, other_pair: tuple[Site, Site]) -> hl.Expr:
    """Whether the first pair of neighbours differs less than the second one."""
    return hl.absd(plane[pair[0]], plane[pair[1]]) < hl.absd(other[other_pair[0]], other[other_pair[1]])


def like_green(colour: hl.Func, green: hl.Func, here: hl.Expr, pair: tuple[Site, Site]) -> hl.Expr:
    """A colour between two neighbours, corrected by how far green here is from green between the same two."""
    return here - average(green[pair[0]], green[pair[1]]) + average(colour[pair[0]], colour[pair[1]])


def woven(name: str, quads: list[list[hl.Func]]) -> hl.Func:
    """A plane at full size from the four planes of its 2x2 quads."""
    rows = [func(name, hl.select(x % 2 == 0, left[x // 2, y], right[x // 2, y])) for left, right in quads]
    return func(name, hl.select(y % 2 == 0, rows[0][x, y // 2], rows[1][x, y // 2]))


def demosaic(planes: hl.Func) -> tuple[hl.Func, hl.Func, hl.Func]:
    """Green at red, green at blue, and all colours everywhere. `a_b` is colour a at the sites of b; gr and gb are the green
    sites in red's and in blue's rows."""
    gr, r, b, gb = (func(name, planes[x, y, index]) for index, name in enumerate(["gr", "r", "b", "gb"]))
    here, left, right, above, below = (x, y), (x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)
    right_above, left_below = (x + 1, y - 1), (x - 1, y + 1)

    def green(beside: hl.Func, pair: tuple[Site, Site], over: hl.Func, over_pair: tuple[Site, Site]) -> hl.Expr:
        return hl.select(
            flatter(beside, pair, over, over_pair),
            average(beside[pair[0]], beside[pair[1]]),
            average(over[over_pair[0]], over[over_pair[1]]),
        )

    def across(
        colour: hl.Func, other: hl.Func, here_green: hl.Func, one: tuple[Site, Site], two: tuple[Site, Site]
    ) -> hl.Expr:
        return hl.select(
            flatter(colour, one, colour, two),
            like_green(colour, other, here_green[x, y], one),
            like_green(colour, other, here_green[x, y], two),
        )

    g_r = func("g_r", green(gr, (right, here), gb, (above, here)))
    g_b = func("g_b", green(gb, (left, here), gr, (below, here)))
    r_gr = func("r_gr", like_green(r, g_r, gr[x, y], (left, here)))
    b_gr = func("b_gr", like_green(b, g_b, gr[x, y], (above, here)))
    r_gb = func("r_gb", like_green(r, g_r, gb[x, y], (here, below)))
    b_gb = func("b_gb", like_green(b, g_b, gb[x, y], (here, right)))
    r_b = func("r_b", across(r, g_r, g_b, (here, left_below), (left, below)))
    b_r = func("b_r", across(b, g_b, g_r, (here, right_above), (right, above)))

    red = woven("red", [[r_gr, r], [r_b, r_gb]])
    all_green = woven("green", [[gr, g_r], [g_b, gb]])
    blue = woven("blue", [[b_gr, b_r], [b, b_gb]])
    return g_r, g_b, colour_func("colours", [red[x, y], all_green[x, y], blue[x, y]])


def correct(colours: hl.Func, matrix: hl.ImageParam) -> hl.Func:
    """The colour matrix. Colours lie within -1023 ... 2046, so four more bits fit before the rounding multiplication that
    keeps the upper half."""

    def product(row: int, column: int) -> hl.Expr:
        factor = matrix[column, row] << (15 - 4 - MATRIX_BITS)
        return hl.rounding_mul_shift_right(colours[x, y, column] << 4, factor, hl.cast(UINT16, 15))

    return colour_func(
        "corrected", [product(row, 0) + product(row, 1) + product(row, 2) + matrix[3, row] for row in range(3)]
    )


def sharpen(curved: hl.Func, strength: hl.Param) -> hl.Func:
    """The unsharp mask of a 3x3 binomial blur."""

    def blurred(a: hl.Expr, middle: hl.Expr, b: hl.Expr) -> hl.Expr:
        return average(average(a, b), middle)

    along, blur, picture = hl.Func("along"), hl.Func("blur"), hl.Func("picture")
    along[x, y, c] = blurred(curved[x, y - 1, c], curved[x, y, c], curved[x, y + 1, c])
    blur[x, y, c] = blurred(along[x - 1, y, c], along[x, y, c], along[x + 1, y, c])
    value = hl.cast(INT16, curved[x, y, c])
    mask = (value - hl.cast(INT16, blur[x, y, c])) * hl.cast(INT16, strength)
    picture[x, y, c] = hl.u8_sat(value + (mask >> STRENGTH_BITS))
    return picture


def stages() -> Stages:
    """The algorithm."""
    frame, curve = hl.ImageParam(UINT16, 2, "frame"), hl.ImageParam(UINT8, 1, "curve")
    matrix, strength = hl.ImageParam(INT16, 2, "matrix"), hl.Param(UINT8, "strength")
    curve.dim(0).set_bounds(0, CURVE_SIZE)
    clean = without_hot_pixels(frame)
    planes = colour_func("planes", [clean[2 * x + column, 2 * y + row] for row in (0, 1) for column in (0, 1)])
    green_at_red, green_at_blue, colours = demosaic(planes)
    corrected = correct(colours, matrix)
    curved = hl.Func("curved")
    curved[x, y, c] = curve[hl.clamp(corrected[x, y, c], hl.cast(INT16, 0), hl.cast(INT16, CURVE_SIZE - 1))]
    return Stages(
        frame,
        matrix,
        curve,
        strength,
        hl.Param(hl.Int(32), "half_strip"),
        clean,
        planes,
        green_at_red,
        green_at_blue,
        colours,
        corrected,
        curved,
        sharpen(curved, strength),
    )


def schedule(pipe: Stages, target: hl.Target, interleaved: bool) -> None:
    """Strips of rows run in parallel. Within a strip two rows at a time go through all stages, whose last few rows wait in
    rings for those that need them; what is between the demosaic and the curve stays in registers.

    The numbers were found by trying. Two vectors of 16 samples are best on AVX2 and on AVX-512; taking the mosaic apart
    straight from the frame is faster on AVX-512 only, whose shuffles do that at once.
    """
    strip, row, pair_row, lane = hl.Var("strip"), hl.Var("row"), hl.Var("pair_row"), hl.Var("lane")
    whole = hl.TailStrategy.RoundUp
    picture = pipe.picture
    (
        picture.compute_root()
        .reorder(c, x, y)
        .split(y, strip, row, pipe.half_strip * 2, hl.TailStrategy.GuardWithIf)
        .tile(x, row, x, row, lane, pair_row, VECTOR, 2, whole)
        .vectorize(lane)
        .unroll(pair_row)
        .unroll(c)
        .parallel(strip)
    )

    def in_ring(stage: hl.Func, rows: int) -> hl.Func:
        return stage.compute_at(picture, row).store_at(picture, strip).fold_storage(y, rows)

    if not target.has_feature(hl.TargetFeature.AVX512):
        in_ring(pipe.clean, 16).tile(x, y, x, y, lane, pair_row, VECTOR, 2).vectorize(lane).unroll(pair_row)
    in_ring(pipe.planes, 8).reorder(c, x, y).vectorize(x, VECTOR, whole).unroll(c)
    in_ring(pipe.green_at_red, 4).vectorize(x, VECTOR, whole)
    in_ring(pipe.green_at_blue, 4).vectorize(x, VECTOR, whole)
    (
        pipe.curved.compute_at(picture, row)
        .store_at(picture, strip)
        .reorder(c, x, y)
        .tile(x, y, x, y, lane, pair_row, VECTOR, 2, whole)
        .vectorize(lane)
        .unroll(pair_row)
        .unroll(c)
    )
    for stage in (pipe.corrected, pipe.colours):
        stage.compute_at(pipe.curved, x).reorder(c, x, y).vectorize(x).unroll(y).unroll(c)

    # Known bounds and strides make the addresses simple.
    buffer = picture.output_buffer()
    picture.bound(c, 0, 3)
    buffer.dim(0).set_bounds(0, buffer.dim(0).extent() // VECTOR * VECTOR)
    buffer.dim(1).set_bounds(0, buffer.dim(1).extent() // 2 * 2)
    if interleaved:
        buffer.dim(0).set_stride(3)
        buffer.dim(2).set_stride(1)


def target_named(name: str) -> hl.Target:
    """`host` is all that the machine has; `avx2` is that without AVX-512, so that all contestants have the same."""
    host = hl.get_host_target()
    if name == "host":
        return host
    system = {hl.TargetOS.Linux: "linux", hl.TargetOS.OSX: "osx"}[host.os]
    return hl.Target(f"x86-64-{system}-sse41-avx-f16c-fma-avx2")


def compiled(target_name: str, interleaved: bool) -> Callable[..., int]:
    """Machine code: a function of the frame, matrix, curve, strength, half the rows of a strip, and the picture."""
    pipe, target = stages(), target_named(target_name)
    schedule(pipe, target, interleaved)
    return pipe.picture.compile_to_callable(pipe.arguments, target)
