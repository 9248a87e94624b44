"""Lines and planes through few points, each number with its 95 % interval: what figures draw and claims rest on."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri, stdtrit

LEVEL = 0.95
FIRM = 1.25  # times as wide as it is an interval must keep clear of what it is said to exclude
Interval = tuple[float, float]
UNKNOWN: Interval = math.nan, math.nan


@dataclass(frozen=True)
class LineFit:
    """The least-squares line y = intercept + slope x through n points, and their correlation.

    Intervals hold `LEVEL` of the probability if the points scatter about a line independently and normally, all alike:
    those of the coefficients by Student's t with n - 2 degrees of freedom, that of the correlation by Fisher's z. NaN
    is what n points do not tell: coefficients need two of them, their intervals three, that of the correlation four.
    """

    n: int
    intercept: float
    slope: float
    correlation: float
    intercept_interval: Interval
    slope_interval: Interval
    correlation_interval: Interval
    centre: float  # mean of x
    spread: float  # sum of squares of x about it
    noise: float  # t quantile times the standard deviation about the line

    def at(self, x: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
        """The line at x."""
        return self.intercept + self.slope * x

    def margin(self, x: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
        """Half the width of the interval of the line (not of single points) at each x."""
        return self.noise * np.sqrt(1 / max(self.n, 1) + (x - self.centre) ** 2 / self.spread)


def line(x: np.ndarray, y: np.ndarray) -> LineFit:
    """The line through those of the points (x_i, y_i) that are finite.

    Raises:
        ValueError: if x and y are not one-dimensional and of one length.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"x and y have shapes {x.shape} and {y.shape}: two columns of one length")
    there = np.isfinite(x) & np.isfinite(y)
    x, y, n = x[there], y[there], int(there.sum())
    centre, height = (float(v.mean()) if n else math.nan for v in (x, y))
    across, up = x - centre, y - height
    spread, rise = float(across @ across), float(up @ up)
    if n < 2 or not spread > 0:
        nan = math.nan
        return LineFit(n, nan, nan, nan, UNKNOWN, UNKNOWN, UNKNOWN, centre, nan, nan)
    slope = float(across @ up) / spread
    intercept = height - slope * centre
    noise = math.nan
    if n > 2:
        residual = up - slope * across
        noise = float(stdtrit(n - 2, (1 + LEVEL) / 2)) * math.sqrt(float(residual @ residual) / (n - 2))
    tilt, lift = noise / math.sqrt(spread), noise * math.sqrt(1 / n + centre**2 / spread)
    correlation = max(-1.0, min(1.0, slope * math.sqrt(spread / rise))) if rise > 0 else math.nan
    return LineFit(
        n,
        intercept,
        slope,
        correlation,
        (intercept - lift, intercept + lift),
        (slope - tilt, slope + tilt),
        fisher(correlation, n),
        centre,
        spread,
        noise,
    )


def geometric_means(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each x once, rising, and the geometric mean of those y there that are known and above 0."""
    known = np.isfinite(y) & (y > 0)
    xs = np.unique(x[known])
    return xs, np.array([np.exp(np.log(y[known & (x == each)]).mean()) for each in xs])


@dataclass(frozen=True)
class PlaneFit:
    """The least-squares plane z = intercept + first x + second y through n points.

    The intervals are those of `LineFit`, with n - 3 degrees of freedom. NaN is what n points do not tell.
    """

    n: int
    first: float
    second: float
    first_interval: Interval
    second_interval: Interval


def plane(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> PlaneFit:
    """The plane through those of the points (x_i, y_i, z_i) that are finite.

    Raises:
        ValueError: if x, y and z are not one-dimensional and of one length.
    """
    columns = [np.asarray(column, np.float64) for column in (x, y, z)]
    if columns[0].ndim != 1 or len({column.shape for column in columns}) > 1:
        raise ValueError(f"columns have shapes {[column.shape for column in columns]}: one length, one dimension")
    points = np.stack(columns, axis=1)
    points = points[np.isfinite(points).all(1)]
    n = len(points)
    points = points - points.mean(0) if n else points
    slopes, residual, rank, _ = np.linalg.lstsq(points[:, :2], points[:, 2], rcond=None)
    if rank < 2:
        return PlaneFit(n, math.nan, math.nan, UNKNOWN, UNKNOWN)
    margins = np.full(2, math.nan)
    if n > 3:
        variance = float(residual[0]) / (n - 3) * np.diag(np.linalg.inv(points[:, :2].T @ points[:, :2]))
        margins = float(stdtrit(n - 3, (1 + LEVEL) / 2)) * np.sqrt(variance)
    intervals = [(float(at - half), float(at + half)) for at, half in zip(slopes, margins, strict=True)]
    return PlaneFit(n, float(slopes[0]), float(slopes[1]), *intervals)


def side(interval: Interval, value: float) -> int:
    """On which side of a value an interval lies, 1 above and -1 below; 0 where it would reach it if it were `FIRM`.

    An interval misses the truth in 5 % of all runs, one of Student's t with three degrees of freedom or more that is so
    much wider in less than 3 %: what is said for either side is then wrong in fewer than 5 %.
    """
    low, high = interval
    middle, half = (low + high) / 2, FIRM * (high - low) / 2
    return int(middle - half > value) - int(middle + half < value)


def ranks(values: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
    """Their places in rising order, from 1; equal ones share the mean of theirs."""
    _, tied, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[tied]


def mean(values: np.ndarray, level: float = LEVEL) -> tuple[float, Interval]:
    """The mean of n numbers and its interval by Student's t with n - 1 degrees of freedom; NaN where n is too small."""
    n = len(values)
    if n < 2:
        return (float(values[0]) if n else math.nan), UNKNOWN
    middle = float(np.mean(values))
    half = float(stdtrit(n - 1, (1 + level) / 2)) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return middle, (middle - half, middle + half)


def one_of(m: int) -> float:
    """The level of an interval that is one of m, of which all together are to hold `LEVEL` (Bonferroni)."""
    return 1 - (1 - LEVEL) / max(m, 1)


def fisher(correlation: float, n: int) -> Interval:
    """The interval of a correlation of n points: artanh of it is about normal with variance 1 / (n - 3)."""
    if n < 4 or not math.isfinite(correlation):
        return UNKNOWN
    if abs(correlation) >= 1:
        return correlation, correlation
    z, half = math.atanh(correlation), float(ndtri((1 + LEVEL) / 2)) / math.sqrt(n - 3)
    return math.tanh(z - half), math.tanh(z + half)


def adjusted_r2(target: np.ndarray, *columns: np.ndarray) -> float:
    """1 - (1 - R^2) (n - 1) / (n - p - 1) of the least-squares fit of a target by p columns and a constant.

    Of the n points where all are finite. p counts columns that are linearly independent. NaN where the target or all
    columns are constant, or where n < p + 2.

    Raises:
        ValueError: if they are not one-dimensional and of one length.
    """
    values = [np.asarray(column, np.float64) for column in (target, *columns)]
    if values[0].ndim != 1 or len({column.shape for column in values}) > 1:
        raise ValueError(f"columns have shapes {[column.shape for column in values]}: one length, one dimension")
    points = np.stack(values, axis=1)
    points = points[np.isfinite(points).all(1)]
    n = len(points)
    if n < 3:
        return math.nan
    points = np.where(np.ptp(points, axis=0) > 0, points - points.mean(0), 0)  # not the rounding of a constant's mean
    size = np.abs(points).max(0)
    points = points / np.where(size > 0, size, 1)
    fit, _, p, _ = np.linalg.lstsq(points[:, 1:], points[:, 0], rcond=None)
    total = float(points[:, 0] @ points[:, 0])
    if not (total > 0 and 0 < p < n - 1):
        return math.nan
    residual = points[:, 0] - points[:, 1:] @ fit
    return 1 - float(residual @ residual) / total * (n - 1) / (n - int(p) - 1)
