import json
import struct
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alpgraph.graph.binary import network_bytes, node_order, titles_bytes
from alpgraph.graph.placing import layout


def read(data: bytes) -> dict[str, Any]:
    """Read the format as its docstring says, the way the viewer does."""
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    at, n, m = 4 + length, header["n"], header["m"]
    assert at % 4 == 0
    out = dict(header)
    for name, kind, count in (
        ("out", "<u4", n),
        ("x", "<u2", n),
        ("y", "<u2", n),
        ("to", "<u2", m),
        ("high", "u1", m),
        ("area", "u1", n),
        ("verdict", "u1", n),
        ("flags", "u1", n),
        ("type", "u1", m),
        ("basis", "u1", m),
    ):
        values = np.frombuffer(data, kind, count, at)
        assert values.itemsize == 1 or at % values.itemsize == 0
        out[name], at = values.tolist(), at + values.nbytes
    assert at == len(data)
    out["from"] = np.repeat(np.arange(n), out["out"]).tolist()
    out["to"] = [low + (high << 16) for low, high in zip(out["to"], out["high"], strict=True)]
    return out


def test_edges_types_bases_and_verdicts_come_back(graph: Any) -> None:
    made = graph(
        ("a", "leads-to", "b", "why", "paper"),
        ("b", "explains", "a", "why", "reading"),
        ("b", "mention", "later", "See later."),
        experiments={"a": "some-experiment"},
    )
    drawn = layout(made)
    got = read(network_bytes(made, drawn, {"a": "no effect", "b": None}))
    order = node_order(made, drawn)
    assert order == ["a", "b", "ghost://later"]
    edges = [
        (order[s], order[t], got["types"][k]["id"], got["bases"][b])
        for s, t, k, b in zip(got["from"], got["to"], got["type"], got["basis"], strict=True)
    ]
    assert edges == [
        ("a", "b", "leads-to", "paper"),
        ("a", "b", "explained-by", "reading"),
        ("b", "ghost://later", "mention", ""),
    ]
    assert [got["verdicts"][v] for v in got["verdict"]] == ["no effect", "", ""]
    assert got["flags"] == [4, 0, 3]
    assert (got["ghosts"], got["area"]) == (1, [255, 255, 255])


def test_the_map_keeps_its_shape_inside_the_range(graph: Any) -> None:
    made = graph(*((f"n{i}", "extends", "hub") for i in range(30)), notes=["hub"])
    drawn = layout(made)
    got = read(network_bytes(made, drawn, {}))
    at = np.array([got["x"], got["y"]]).T
    assert at.min() == 0
    assert at.max() == 65535
    points = np.array([drawn.positions[slug] for slug in node_order(made, drawn)])
    ratio = np.ptp(at, axis=0) / np.ptp(points, axis=0)
    assert abs(ratio[0] / ratio[1] - 1) < 0.001
    assert got["areas"][0]["size"] == 31


def test_titles_are_one_line_each_with_their_topics(graph: Any) -> None:
    made = graph(
        ("a", "mention", "tab\tnew\nline"),
        titles={"a": "One\ttwo\nthree"},
        topics={"a": ["x", "b"]},
    )
    drawn = layout(made)
    assert titles_bytes(made, drawn).decode().split("\n") == [
        "a\tOne two three\t1,0",
        "ghost://tab new line\ttab new line\t",
        "",
    ]
    assert read(network_bytes(made, drawn, {}))["topics"] == ["b", "x"]


rows = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from(["extends", "parallels", "mention"]),
    st.sampled_from("abcdx"),
)


@settings(deadline=None, max_examples=15)
@given(st.lists(rows, max_size=8))
def test_any_graph_is_read_back_whole(graph: Any, statements: Any) -> None:
    made = graph(*statements)
    drawn = layout(made)
    got = read(network_bytes(made, drawn, {}))
    assert (got["n"], got["m"]) == (len(made), made.number_of_edges())
    assert titles_bytes(made, drawn).count(b"\n") == len(made)
