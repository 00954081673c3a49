"""Runs in a browser: launched, watched, cancelled, compared, swept, with scripts and without."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NAME = "utility-weighted-loss"
VERDICT = re.compile("supported|contradicted|no effect|inconclusive")


def launch(page: Any, url: str, **values: str) -> None:
    page.goto(f"{url}/experiments/{NAME}")
    for name, value in values.items():
        page.locator(f"form[method=post] [name={name}]").first.fill(value)
    page.get_by_role("button", name="Run again").click()
    page.wait_for_url("**/runs/*")


def test_both_arms_curves_grow_while_a_run_goes_on(server: Any, page: Any) -> None:
    launch(page, server.url, steps="2500", replicates="32", seed="101")
    page.locator("[data-curves] .c-line.c-b").first.wait_for(state="attached", timeout=60_000)
    assert page.locator("[data-curves] .c-line").count() >= 2
    said = page.locator("[data-status]").inner_text()
    assert re.match("running", said)
    page.locator(".say .v").wait_for(timeout=120_000)
    assert VERDICT.search(page.title())
    assert page.locator(".c-rep").count() == 32


def test_a_run_is_cancelled_and_keeps_its_parameters(server: Any, page: Any) -> None:
    launch(page, server.url, steps="5000", replicates="128", seed="102")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("This run was cancelled").wait_for()
    assert page.locator("form[method=post] [name=steps]").input_value() == "5000"
    assert page.locator("form[method=post] [name=replicates]").input_value() == "128"


def test_the_reason_of_a_failed_run_is_copied(
    start_server: Any, plugin: Path, tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    with start_server(str(tmp_path), "--state", str(tmp_path / "state")) as server:
        page.goto(f"{server.url}/experiments/trial?mode=raise")
        page.get_by_role("button", name="Run it").click()
        page.get_by_role("button", name="Copy the reason").click(timeout=60_000)
        page.get_by_text("copied").first.wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert "the dog ate the data" in copied


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_value_out_of_bounds_is_told_at_its_field(
    server: Any, open_page: Callable[..., Any], scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto(f"{server.url}/experiments/{NAME}?hidden=9999&rows=77")
    field = page.locator("form[method=post] [name=hidden]")
    assert field.get_attribute("aria-invalid") == "true"
    told = page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
    assert "128" in told
    assert field.input_value() == "9999"
    page.get_by_text("These values cannot be run").wait_for()
    assert page.locator("form[method=post] [name=rows]").input_value() == "77"


def test_values_are_handed_on_by_their_address(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/experiments/{NAME}")
    page.locator("form[method=post] [name=miss_cost]").first.fill("1")
    page.get_by_role("button", name="Link to these values").click()
    page.wait_for_url("**miss_cost=1&**")
    assert page.locator(".say .v").inner_text() == "no effect"  # the stored negative control
    assert page.locator(".presets [aria-current]").inner_text() == "negative control"


def test_a_form_with_a_wrong_value_comes_back_with_what_was_typed(server: Any, page: Any) -> None:
    page.goto(f"{server.url}/experiments/{NAME}")
    page.locator("form[method=post]").first.evaluate("form => form.noValidate = true")
    page.locator("form[method=post] [name=steps]").first.fill("1")
    page.get_by_role("button", name="Run again").click()
    page.locator("#fault-steps").wait_for()
    assert page.locator("form[method=post] [name=steps]:focus").input_value() == "1"


def test_stored_verdicts_are_in_sight_on_a_phone(
    server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page(viewport={"width": 375, "height": 800})
    page.goto(f"{server.url}/experiments/{NAME}")
    for verdict in page.locator("section[aria-labelledby=stored] .v").all():
        box = verdict.bounding_box()
        assert box["x"] + box["width"] <= 375


def test_a_finished_run_is_compared_with_stored_results(server: Any, page: Any) -> None:
    launch(page, server.url, replicates="4", seed="103")
    page.locator(".say .v").wait_for(timeout=90_000)
    section = page.locator("section[aria-labelledby=compare]")
    assert section.get_by_role("row").count() >= 5
    heads = section.locator("th[scope=col]").all_inner_texts()
    assert "Training rows" not in heads  # only what differs has a column
    for verdict in section.locator(".v").all():
        box, seen = verdict.bounding_box(), section.get_by_role("region").bounding_box()
        assert box["x"] + box["width"] <= seen["x"] + seen["width"]
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.set_viewport_size({"width": 1280, "height": 800})
    section.get_by_role("link", name="lay over").first.click()
    page.wait_for_url("**with=claim*")
    page.locator("section[aria-labelledby=compare] .chart").first.wait_for()
    assert page.locator("section[aria-labelledby=compare] .chart .c-line").count() == 4


def test_a_sweep_is_asked_and_drawn(server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{server.url}/experiments/{NAME}?vary=steps&replicates=4")
    page.locator("[name=values]").fill("20, 60")
    page.get_by_role("button", name="Run them").click()
    page.wait_for_url("**vary=steps*")
    chart = page.locator("section[aria-labelledby=sweep] .chart")
    for _ in range(120):
        if all(chart.get_by_text(steps, exact=True).count() for steps in ("20", "60")):
            break
        page.wait_for_timeout(1000)  # the page looks again by itself
    assert chart.locator(".c-mean").count() >= 4
    assert chart.get_by_text("20", exact=True).count() == 1


def test_the_line_that_reproduces_a_run_gives_its_numbers(
    server: Any, page: Any, alpgraph: Callable[..., Any]
) -> None:
    launch(page, server.url, replicates="3", seed="104", steps="100")
    page.locator(".say .v").wait_for(timeout=90_000)
    line = page.locator("section[aria-labelledby=reproduce] code").first.inner_text()
    shown = page.evaluate("() => fetch('/api' + location.pathname).then(answer => answer.json())")[
        "result"
    ]
    told = json.loads(alpgraph(*line.split()[1:], "--json").stdout)
    for one, other in zip(told["replicates"], shown["replicates"], strict=True):
        assert one["treatment"] == pytest.approx(other["treatment"], rel=1e-4)


def test_a_finished_run_gives_the_verdict_of_a_note_without_a_stored_one(
    folder: Callable[..., Path], start_server: Any, page: Any, tmp_path: Path
) -> None:
    root = folder(
        {
            "own.md": "---\ntitle: An own question?\nclaim: It does.\nexperiment:\n"
            f"  name: {NAME}\n  params: {{miss_cost: 50, steps: 60, rows: 100}}\n---\nText.\n",
            "beside.md": "---\ntitle: Beside\nrelations:\n"
            "  - {type: parallels, to: own, why: because they go together well}\n---\nText.\n",
        }
    )
    with start_server(str(root), "--state", str(tmp_path / "state")) as own:
        page.goto(f"{own.url}/n/own")
        assert page.locator(".claim-v").count() == 0
        page.goto(f"{own.url}/n/beside")
        page.evaluate("window.old = true")
        asker = page.context.new_page()
        asker.goto(f"{own.url}/n/own")
        asker.get_by_role("button", name="Run it").click()
        asker.locator(".say .v").wait_for(timeout=90_000)
        # the open page beside it follows by itself
        page.locator("#related .vm").wait_for(timeout=60_000)
        asker.goto(f"{own.url}/n/own")
        assert VERDICT.search(asker.locator(".claim-v").first.inner_text())
        assert VERDICT.search(asker.locator(".say").first.inner_text())
