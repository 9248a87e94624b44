"""The stops of a slider: round numbers between a field's soft bounds, evenly or by powers."""

import math

import param

WIDE = 20  # a range whose ends differ by more than this factor is walked by powers
MANY = 10_000  # and so is one from 0 to more than this
ROUND = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)  # a slider's steps within a decade


def ticks(field: param.Number, value: float) -> list[float]:
    """Round values from soft bound to soft bound, rising, and `value` among them."""
    low, high = field.softbounds or field.bounds
    whole = isinstance(field, param.Integer)
    least = low or float(whole)  # of a count that may be 0 the powers begin at 1
    if least > 0 and high / least > (WIDE if low else MANY):
        decades = range(math.floor(math.log10(least)), math.ceil(math.log10(high)) + 1)
        stops = [float(f"{step * 10.0**decade:.3g}") for decade in decades for step in ROUND]
    else:
        stops = (
            [low + i for i in range(int(high - low) + 1)] if whole else [low + (high - low) * i / 20 for i in range(21)]
        )
        stops = stops[:: max(1, len(stops) // 50)]
    if whole:
        stops = [int(stop) for stop in stops if stop == int(stop)]
    inside = {round(stop, 12) for stop in stops if low <= stop <= high}
    return sorted(inside | {low, high, value})
