"""Charts as inline SVG, pure functions of the numbers; the style sheet gives them colour."""

from alpgraph.pages.charts.bars import rows_chart
from alpgraph.pages.charts.effect import common_range, effect_chart, has_interval, interval_chart
from alpgraph.pages.charts.lines import Line, curves_chart, lines_chart, picture_chart
from alpgraph.pages.charts.sweep import Point, sweep_chart

__all__ = [
    "Line",
    "Point",
    "common_range",
    "curves_chart",
    "effect_chart",
    "has_interval",
    "interval_chart",
    "lines_chart",
    "picture_chart",
    "rows_chart",
    "sweep_chart",
]
