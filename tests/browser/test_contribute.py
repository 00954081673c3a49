"""A note by somebody who has never seen the repository: form, file, branch, review, merge, page."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

FIRST = """---
title: Can a weighted loss harm?
summary: Weighting a loss by what mistakes cost.
claim: A weighted loss can harm the decision.
sources: [{arxiv: "2511.07699"}]
---
A weighted loss teaches less than a plain loss does.
"""
QUESTION = "Do costs belong in a loss?"
SLUG = "do-costs-belong-in-a-loss"
WHY = "both mix learning with choosing in one number"
AUTHOR = ("-c", "user.name=A. Writer", "-c", "user.email=writer@example.org")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def begin(folder: Path) -> Path:
    """Make a contributor's clone of a bare repository."""
    work, shared, place = folder / "work", folder / "shared.git", folder / "clone"
    (work / "notes").mkdir(parents=True)
    (work / "notes" / "first.md").write_text(FIRST)
    (work / "notes" / "other.md").write_text(FIRST.replace("weighted", "plain"))
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "-A")
    git(work, *AUTHOR, "commit", "--quiet", "-m", "Begin")
    git(folder, "clone", "--quiet", "--bare", str(work), str(shared))
    git(folder, "clone", "--quiet", str(shared), str(place))
    git(place, "config", "user.name", "A. Writer")
    git(place, "config", "user.email", "writer@example.org")
    (place / "alpgraph.toml").write_text('repository = "https://github.com/them/notes"\n')
    return place


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of one's own, to write into."""
    return begin(tmp_path)


@contextmanager
def serving_in(start_server: Any, clone: Path) -> Iterator[Any]:
    """Serve a clone with a form that may write; the server knows the form's address."""
    state = str(clone.parent / "state")
    with start_server("notes", "--edit", "--state", state, cwd=clone) as server:
        printed = next(line for line in server.lines if "/new?token=" in line)
        server.form = re.search(r"http://\S+", printed)[0]
        yield server


@pytest.fixture
def serving(clone: Path, start_server: Any) -> Iterator[Any]:
    """A server of one's own."""
    with serving_in(start_server, clone) as server:
        yield server


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory, start_server: Any) -> Iterator[Any]:
    """A server for tests that write nothing."""
    with serving_in(start_server, begin(tmp_path_factory.mktemp("shared"))) as server:
        yield server


def fill(page: Any) -> None:
    page.fill("[name=title]", QUESTION)
    page.fill("[name=claim]", "They do not.")
    page.fill("[name=summary]", "About costs.")
    page.fill("[name=source-0-id]", "arxiv:2511.07699")
    page.fill("[name=body]", "Words of one's own.")
    page.select_option("[name=relation-0-type]", label="parallels")
    page.fill("[name=relation-0-to]", "Can a weighted loss harm?")
    page.fill("[name=relation-0-why]", WHY)


def filled(open_page: Callable[..., Any], server: Any) -> Any:
    """A form of a new note that has just been filled in."""
    page = open_page()
    page.goto(f"{server.url}/new")
    fill(page)
    return page


def check(page: Any, scripts: bool) -> None:
    """Wait for the live check, or press the button."""
    if not scripts:
        page.click("button[value=check]")


@SCRIPTS
def test_a_note_goes_all_the_way_from_a_form_to_every_reader(
    serving: Any, clone: Path, open_page: Callable[..., Any], alpgraph: Any, tmp_path: Path,
    start_server: Any, scripts: bool,
) -> None:  # fmt: skip
    page = open_page(java_script_enabled=scripts)
    page.goto(serving.form)
    fill(page)
    page.fill("[name=relation-0-to]", "Can a weigted loss harm?")
    assert page.get_by_role("button", name="Remove").first.is_visible() == scripts
    check(page, scripts)
    page.locator("#e-relation-0-to .f-error").wait_for()
    page.fill("[name=relation-0-to]", "Can a weighted loss harm?")
    check(page, scripts)
    page.get_by_text("No errors").wait_for()
    preview = page.locator(".prev")
    assert preview.locator(".pt").inner_text() == QUESTION
    assert preview.locator("svg.fan").count() == 1
    page.get_by_role("button", name="Write the file").click()
    page.get_by_text("is written").wait_for()
    note = clone / "notes" / f"{SLUG}.md"
    assert f"why: {WHY}" in note.read_text()
    assert alpgraph("check", cwd=clone).returncode == 0
    page.get_by_role("button", name="Make it and push it to origin").click()
    page.get_by_text("one commit was made on the branch").wait_for()
    opened = page.get_by_role("link", name="Open the pull request").get_attribute("href")
    assert opened == f"https://github.com/them/notes/compare/main...note/{SLUG}?expand=1"

    maintainer = tmp_path / "maintainer"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "shared.git"), str(maintainer))
    with start_server("notes", "--state", str(tmp_path / "state2"), cwd=maintainer) as server:
        page.goto(f"{server.url}/diff?base=main&head=origin/note/{SLUG}")
        picture = page.locator("svg.changed")
        assert picture.locator("g.d-new").count() == 1
        assert "+ parallels" in picture.text_content()
        assert WHY in page.locator(".changes ins").inner_text()
        page.goto(f"{server.url}/n/first")
        assert WHY not in page.content()
        with server.changes() as next_change:
            git(maintainer, "merge", "--quiet", f"origin/note/{SLUG}")
            next_change()
        if not scripts:  # with them, the open page follows by itself
            page.goto(f"{server.url}/n/first")
        row = page.locator("section.rels li", has_text=QUESTION)
        row.get_by_text(WHY).wait_for()
        row.get_by_role("link", name=QUESTION).first.click()
        expect(page.locator("h1")).to_have_text(QUESTION)


@SCRIPTS
def test_a_clean_form_opens_the_forge_with_the_text_filled_in(
    shared_server: Any, open_page: Callable[..., Any], scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto(f"{shared_server.url}/new?from=first")
    assert page.locator("[name=relation-0-to]").input_value() == "Can a weighted loss harm?"
    fill(page)
    check(page, scripts)
    link = page.get_by_role("link", name="Open pull request on GitHub")
    link.wait_for()
    address = urlsplit(link.get_attribute("href"))
    query = parse_qs(address.query)
    assert (address.hostname, address.path) == ("github.com", "/them/notes/new/main")
    assert query["filename"] == [f"notes/{SLUG}.md"]
    assert f"why: {WHY}\n" in query["value"][0]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    assert download.value.suggested_filename == f"{SLUG}.md"
    assert Path(download.value.path()).read_text() == query["value"][0]


def test_a_draft_is_put_back_after_back_and_can_be_discarded(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = filled(open_page, shared_server)
    page.click("[data-add=relation]")
    page.fill("[name=relation-1-to]", "half a tho")
    page.goto(f"{shared_server.url}/n/first")
    page.go_back()
    expect(page.locator("[name=relation-1-to]")).to_have_value("half a tho")
    assert page.locator("[name=title]").input_value() == QUESTION
    page.goto(f"{shared_server.url}/new?from=other")  # another draft
    assert page.locator("[name=title]").input_value() == ""
    page.goto(f"{shared_server.url}/new")
    page.get_by_role("button", name="Discard this draft").click()
    expect(page.locator("[name=title]")).to_have_value("")


def test_a_target_is_found_as_one_types_by_keyboard_alone(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    page.goto(f"{shared_server.url}/new")
    target = page.locator("[name=relation-0-to]")
    target.focus()
    page.keyboard.type("weigh")
    page.locator("[role=option]").first.wait_for()
    assert target.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.locator("[aria-selected=true]").inner_text() == "Can a weighted loss harm?"
    page.keyboard.press("Enter")
    assert target.input_value() == "Can a weighted loss harm?"
    assert target.get_attribute("aria-expanded") == "false"
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    assert page.locator("[role=listbox]:visible").count() == 0


def test_help_stands_where_it_is_needed(shared_server: Any, open_page: Callable[..., Any]) -> None:
    page = filled(open_page, shared_server)
    assert page.locator("[name=body]").bounding_box()["height"] > 200  # for more than a line
    reason = page.locator("[name=relation-0-why]")
    low = reason.bounding_box()["height"]
    reason.fill(WHY * 5)
    assert reason.bounding_box()["height"] > low  # all of it is in sight
    reason.press("Enter")
    assert reason.input_value() == WHY * 5  # one line of the file
    reason.fill("too short")
    assert page.locator(".length.short").inner_text() == "9 of 20 to 500 characters"
    page.fill("[name=relation-0-to]", "Can a weigted loss harm")
    page.get_by_role("button", name="Take “Can a weighted loss harm?”").click()
    expect(page.locator("#e-relation-0-to")).to_be_empty()
    assert page.locator("[name=relation-0-to]").get_attribute("aria-invalid") is None
    page.fill("[name=body]", "One \U0001f3d4\U0001f3d4.\n\nSee [[nowhere]] there.")
    page.locator("#e-body .fault").click()
    selected = page.evaluate(
        "(t => t.value.slice(t.selectionStart, t.selectionEnd))(document.activeElement)"
    )
    assert selected == "[[nowhere]]"
    assert page.locator(".near li", has_text="Can a plain loss harm?").count() == 1
    page.locator(".near li", has_text="Can a plain loss harm?").get_by_role("button").click()
    assert page.locator("[name=relation-1-to]").input_value() == "Can a plain loss harm?"
    page.locator("[data-row=relation]").first.get_by_role("button", name="Remove").click()
    assert page.locator("[name=relation-0-to]").input_value() == "Can a plain loss harm?"
    assert page.locator("[name=relation-1-to]").count() == 0


def test_a_form_that_is_full_says_so(shared_server: Any, open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto(f"{shared_server.url}/new")
    more = page.get_by_role("button", name="Add a source")
    said = page.get_by_text("This form holds 60 sources; write more of them in the file itself.")
    expect(said).to_be_hidden()
    page.evaluate(
        "for (let i = 1; i < 60; i++) document.querySelector('[data-add=source]').click()"
    )
    expect(more).to_be_disabled()
    expect(said).to_be_visible()
    page.locator("[data-row=source]").last.get_by_role("button", name="Remove").click()
    expect(more).to_be_enabled()
    expect(said).to_be_hidden()


@SCRIPTS
def test_an_edit_is_written_and_shows(
    serving: Any, clone: Path, open_page: Callable[..., Any], scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    token = serving.form.partition("?")[2]
    page.goto(f"{serving.url}/edit/first?{token}")
    page.fill("[name=claim]", "It can, at times.")
    check(page, scripts)
    page.get_by_role("button", name="Write the change").click()
    page.get_by_text("is written").wait_for()
    changed = FIRST.replace("A weighted loss can harm the decision.", "It can, at times.")
    assert (clone / "notes" / "first.md").read_text() == changed
    page.get_by_role("link", name="Open the note").click()
    assert page.locator(".plate").inner_text() == "It can, at times."


def test_the_token_stays_in_the_tab_and_out_of_the_address(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    page.goto(shared_server.form)
    expect(page).to_have_url(f"{shared_server.url}/new")
    page.goto(f"{shared_server.url}/edit/first")
    page.fill("[name=claim]", "It can, at times.")
    page.get_by_role("button", name="Write the change").wait_for()
    expect(page.locator("[name=token]")).not_to_have_value("")
    other = open_page()
    other.goto(f"{shared_server.url}/edit/first")
    other.fill("[name=claim]", "It can, at times.")
    other.locator("[name=token]").wait_for()
    assert other.locator("[name=token]").input_value() == ""


@pytest.mark.parametrize("width", [1280, 375])
def test_nothing_sticks_out(shared_server: Any, open_page: Callable[..., Any], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    for address in ("/diff?base=HEAD", "/edit/first", "/new"):
        page.goto(shared_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    fill(page)
    page.fill("[name=title]", "Averylong" * 20)
    page.fill("[name=relation-0-to]", "x" * 90)
    page.fill("[name=body]", "x" * 300 + " [[nowhere]]")
    page.locator("#e-body .fault").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_draft_is_put_back_as_it_was_left(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = filled(open_page, shared_server)
    page.click("[data-add=relation]")
    page.fill("[name=relation-1-to]", "Can a plain loss harm?")
    page.click("[data-add=relation]")
    page.locator("[data-row=relation]").first.get_by_role("button", name="Remove").click()
    assert page.evaluate("document.activeElement.dataset.add") == "relation"  # not lost
    page.locator("[data-row=relation]").nth(1).get_by_role("button", name="Remove").click()
    page.locator("[data-row=source]").first.get_by_role("button", name="Remove").click()
    page.reload()
    expect(page.locator("[name=relation-0-to]")).to_have_value("Can a plain loss harm?")
    expect(page.locator("[data-row=relation]")).to_have_count(1)
    expect(page.locator("[data-row=source]")).to_have_count(0)  # none was left


def test_a_draft_outlives_a_server_that_is_away(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    page.goto(shared_server.form)
    fill(page)
    write = page.get_by_role("button", name="Write the file")
    write.wait_for()
    page.route("**/new", lambda route: route.abort())
    write.click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/new")
    page.goto(f"{shared_server.url}/new")
    expect(page.locator("[name=title]")).to_have_value(QUESTION)


def test_an_answer_that_comes_during_a_press_does_not_take_the_button_away(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = filled(open_page, shared_server)
    near = page.locator(".near li", has_text="Can a plain loss harm?").get_by_role("button")
    expect(near).to_be_visible()
    near.hover()
    page.mouse.down()
    with page.expect_response("**/new") as answer:
        page.evaluate(
            "() => { const title = document.querySelector('[name=title]');"
            " title.value = 'Do costs harm a weighted loss?';"
            " title.dispatchEvent(new Event('input', { bubbles: true })); }"
        )
    answer.value.finished()
    expect(page.locator("#e-title")).to_be_empty()
    page.mouse.up()
    expect(page.locator("[name=relation-1-to]")).to_have_value("Can a plain loss harm?")


def test_each_tab_keeps_a_draft_of_its_own(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    one = filled(open_page, shared_server)
    two = one.context.new_page()
    two.goto(f"{shared_server.url}/new")
    two.fill("[name=title]", "Another question?")
    one.fill("[name=claim]", "They do.")
    for page, question in ((one, QUESTION), (two, "Another question?")):
        page.reload()
        expect(page.locator("[name=title]")).to_have_value(question)
    expect(one.locator("[name=claim]")).to_have_value("They do.")


def test_a_draft_of_a_closed_tab_is_offered_to_the_next(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    closed = filled(open_page, shared_server)
    page = closed.context.new_page()
    closed.close()
    page.goto(f"{shared_server.url}/new")
    assert page.locator("[name=title]").input_value() == ""
    page.get_by_text(f"A draft from another tab is kept, “{QUESTION}”").wait_for()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("[name=title]")).to_have_value(QUESTION)
    page.reload()
    expect(page.locator("[name=relation-0-why]")).to_have_value(WHY)
    page.get_by_role("button", name="Discard this draft").click()
    expect(page.locator("[name=title]")).to_have_value("")
    assert page.get_by_role("button", name="Put it back").count() == 0


def test_a_copied_tab_keeps_a_draft_of_its_own(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    one = filled(open_page, shared_server)
    with one.context.expect_page() as opened:
        one.evaluate("window.open(location.href)")  # a tab with a copy of what this one keeps
    copy = opened.value
    expect(copy.locator("[name=title]")).to_have_value(QUESTION)
    one.fill("[name=claim]", "They do.")
    copy.fill("[name=title]", "Another question?")
    one.reload()
    expect(one.locator("[name=claim]")).to_have_value("They do.")
    expect(one.locator("[name=title]")).to_have_value(QUESTION)


def test_what_was_not_checked_is_not_called_clean(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = filled(open_page, shared_server)
    state = page.locator("[data-part=state]")
    state.get_by_text("No errors").wait_for()
    page.route("**/new", lambda route: route.abort())
    page.fill("[name=claim]", "")
    expect(state).to_contain_text("Not checked: the server does not answer.")
    page.unroute("**/new")
    page.fill("[name=claim]", "They do not.")
    expect(state).to_contain_text("No errors")


def test_a_draft_never_hides_what_the_file_became(
    serving: Any, clone: Path, open_page: Callable[..., Any]
) -> None:
    page, file = open_page(), clone / "notes" / "first.md"
    page.goto(f"{serving.url}/edit/first?{serving.form.partition('?')[2]}")
    page.fill("[name=claim]", "It can, at times.")
    with serving.changes() as changed:
        file.write_text(FIRST.replace("less than", "much less than"))
        changed()
    page.reload()
    expect(page.locator("[name=claim]")).to_have_value("It can, at times.")
    page.get_by_text("The file was changed after this draft").wait_for()
    page.get_by_role("button", name="Write the change").click()
    page.get_by_text("was changed meanwhile").wait_for()
    assert "much less than" in file.read_text()
    page.fill("[name=claim]", "It can, now and then.")
    page.get_by_role("button", name="Discard this draft").click()
    expect(page.locator("[name=body]")).to_have_value(re.compile("much less than"))


def test_a_token_of_another_time_is_asked_for_again(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    page.goto(f"{shared_server.url}/new?token=of-another-time")
    fill(page)
    page.get_by_text("No errors").wait_for()
    page.locator("[name=token]").wait_for()
    assert page.locator("[name=token]").input_value() == ""


def test_the_form_lives_where_the_browser_trusts_no_address(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    page.add_init_script("delete Crypto.prototype.randomUUID")  # as on http:// of another machine
    page.goto(f"{shared_server.url}/new")
    page.click("[data-add=relation]")
    assert page.locator("[role=combobox]").count() == 2


def test_the_preview_keeps_the_focus(shared_server: Any, open_page: Callable[..., Any]) -> None:
    page = filled(open_page, shared_server)
    relate = page.get_by_role("button", name="relate").first
    relate.wait_for()
    page.fill("[name=body]", "Other words.")
    relate.focus()
    page.locator(".prev .body", has_text="Other words.").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "relate"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_form_promises_only_what_it_does(
    server: Any, open_page: Callable[..., Any], scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto(f"{server.url}/new")
    assert page.get_by_text("is checked as you go").is_visible() == scripts
    assert page.get_by_text("nothing that you write is kept here").is_visible() != scripts


def test_the_focus_stays_at_a_field_whose_fault_is_mended(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    page.goto(f"{shared_server.url}/new")
    page.fill("[name=title]", "Does a weighted loss harm twice?")
    fault = page.locator("#e-summary .fault")
    fault.wait_for()
    page.fill("[name=summary]", "It does.")
    fault.get_by_role("link").focus()  # as the key Tab does before the answer is there
    fault.wait_for(state="detached")
    assert page.evaluate("document.activeElement.name") == "summary"


def test_fields_are_described_by_what_stands_beside_them(
    shared_server: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    page.goto(f"{shared_server.url}/new")
    for name, said in (("topics", "separated by commas"), ("body", "Markdown, with")):
        field = page.locator(f"[name={name}]")
        expect(field).to_have_accessible_description(re.compile(f"^{said}"), timeout=5_000)
