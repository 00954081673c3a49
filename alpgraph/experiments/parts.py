"""Measurements as JSON values and back, to the bit: how a part of the replicates travels."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from alpgraph.experiments.model import Curve, Measurements, Picture


def pack_curves(curves: Iterable[Curve]) -> list[dict[str, Any]]:
    """Return curves replicate by replicate: x of (points,), y of (points, replicates)."""
    return [
        {
            "arm": curve.arm,
            "name": curve.name,
            "x": np.asarray(curve.x, float).tolist(),
            "y": np.asarray(curve.y, float).tolist(),
            "x_label": curve.x_label,
            "y_label": curve.y_label,
        }
        for curve in curves
    ]


def unpack_curves(packed: Iterable[Mapping[str, Any]]) -> list[Curve]:
    """Return what `pack_curves` was given."""
    return [
        Curve(**{**one, "x": np.asarray(one["x"], float), "y": np.asarray(one["y"], float)})
        for one in packed
    ]


def pack(measured: Measurements) -> dict[str, Any]:
    """Return measurements as JSON values; NaN stays NaN, as Python's `json` writes it.

    >>> import json
    >>> values = np.array([0.1, 1 / 3, 1e-310])
    >>> sent = json.dumps(pack(Measurements(values, -values)))
    >>> bool((unpack(json.loads(sent)).control == values).all())
    True
    """
    return {
        "control": np.asarray(measured.control, float).tolist(),
        "treatment": np.asarray(measured.treatment, float).tolist(),
        "secondary": {
            name: [np.asarray(values, float).tolist() for values in pair]
            for name, pair in measured.secondary.items()
        },
        "curves": pack_curves(measured.curves),
        "pictures": [
            {
                "title": picture.title,
                "kind": picture.kind,
                "x_label": picture.x_label,
                "y_label": picture.y_label,
                "series": {
                    name: [list(x), np.asarray(y, float).tolist()]
                    for name, (x, y) in picture.series.items()
                },
            }
            for picture in measured.pictures
        ],
    }


def unpack(packed: Mapping[str, Any]) -> Measurements:
    """Return what `pack` was given."""
    secondary = {
        name: (np.asarray(control, float), np.asarray(treatment, float))
        for name, (control, treatment) in packed["secondary"].items()
    }
    pictures = [
        Picture(
            **{
                **one,
                "series": {
                    name: (x, np.asarray(y, float)) for name, (x, y) in one["series"].items()
                },
            }
        )
        for one in packed["pictures"]
    ]
    return Measurements(
        np.asarray(packed["control"], float),
        np.asarray(packed["treatment"], float),
        secondary,
        unpack_curves(packed["curves"]),
        pictures,
    )
