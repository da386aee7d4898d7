"""The tables, the picture, and the documents they go into."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bench import documents, report
from bench.bounds import verdicts, wins
from bench.chart import Line, draw
from bench.results import Results, Row

SVG = "{http://www.w3.org/2000/svg}"


def cells(text):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def test_times_are_told_by_the_drivers_best_way(run):
    head, rule, select, update, read = cells(report.times_table(run))

    assert head[:4] == ["", "raw driver, best way", "as usual", "DotORM"]
    assert rule == [":--", *["--:"] * (len(head) - 1)]
    # 4 calls a round: 0.004 s are 1 ms each; DotORM's rounds are 1.5, 1.0 and 1.0 times that
    title = "select 1000 rows x 8 columns"
    assert select == [title, "held connection: 1 ms", "2.00", "**1.00**", "", "10.00"]
    assert update[1:4] == ["held connection: 5 ms", "", "**2.00**"]
    assert read[1:] == [""] * 5  # no driver took part


def test_a_table_can_have_some_rows_only(run):
    assert len(cells(report.times_table(run, ["update"]))) == 3


def test_bounds_are_judged(run):
    found = {
        (each.bound.scenario, each.bound.of, each.against): (round(each.found, 2), each.met)
        for each in verdicts(run)
    }

    assert found == {
        ("select", "time", "pool"): (0.5, True),
        ("select", "time", "held"): (1.0, True),
        ("update", "time", "held"): (2.0, False),
        ("read-all", "memory", "dotorm-2.4"): (1.22, False),  # 61 MB to 50
        ("select", "time", "tortoise"): (0.1, True),
        ("read-all", "time", "dotorm-2.4"): (0.5, True),
        ("read-all", "memory", "tortoise"): (0.76, True),
    }


def test_a_bound_that_is_not_met_is_seen(run):
    lines = cells(report.bounds_table(verdicts(run), run))[2:]

    assert [
        "DotORM",
        "asyncpg, its pool",
        "select 1000 rows x 8 columns",
        "0.95",
        "0.50",
        "met",
    ] in lines
    assert [line[-1] for line in lines].count("**not met**") == 2


def test_a_query_that_is_faster_by_hand_is_found(run):
    run.rows[0].times["pool"] = [0.0030, 0.0078, 0.0039]  # of DotORM's 6, 8 and 4 ms
    run.rows[0].times["held"] = [0.0059, 0.0079, 0.0040]  # 0.99 is the same
    run.titles["dotorm"] = "Ours"

    head, rule, *lines = cells(report.wins_table(wins(run), run))
    assert head == ["", "by hand", "against", "of its time"]
    assert rule == [":--", ":--", ":--", "--:"]
    assert lines == [
        ["select 1000 rows x 8 columns", "asyncpg, its pool", "Ours", "0.97"],
        ["update 1000, same values", "asyncpg, held connection", "Ours", "0.50"],
    ]


def test_the_fastest_of_a_row_is_told_in_a_sentence(run):
    run.rows[0].times |= {"pool": [0.0054, 0.0072, 0.0036], "held": [0.003, 0.004, 0.002]}

    told = report.wins_sentence(wins(run), run)
    assert told == (
        "Where a query written by hand takes less time than DotORM, and how much of it:"
        " select 1000 rows x 8 columns: held connection 0.50;"
        " update 1000, same values: held connection 0.50."
    )


def test_it_is_said_that_no_query_is_faster_by_hand(run):
    run.rows.pop(1)  # the update

    nothing = "No query written by hand takes less time than DotORM."
    assert report.wins_sentence(wins(run), run) == nothing
    assert report.wins_table(wins(run), run) == nothing


def test_a_way_of_one_of_two_drivers_is_told_with_the_driver(run):
    assert report.short(run, "held") == "held connection"
    run.titles["pool"] = "another driver, its pool"
    assert report.short(run, "held") == "asyncpg, held connection"


def test_memory_is_sorted_by_what_an_answer_takes(run):
    assert cells(report.memory_table(run))[2:] == [
        ["DotORM 2.4", "40 MB", "90 MB", "50 MB"],
        ["DotORM", "30 MB", "91 MB", "61 MB"],
        ["Tortoise <1.1>", "50 MB", "130 MB", "80 MB"],
    ]


def test_statements_are_told_with_their_round_trips(run):
    (select,) = cells(report.statements_table(run))[2:]
    assert select == ["select 1000 rows x 8 columns", "1", "2", "1", "2 in 3"]


def test_ways_are_told_once_and_of_what_was_measured(run):
    assert report.ways(run) == "- **asyncpg, held connection**: select: fetch"
    run.rows += [Row("get"), Row("select-plain")]
    told = "- **asyncpg, held connection**: get: fetchrow; select, select-plain: fetch"
    assert report.ways(run) == told


def test_the_picture_has_a_dot_for_everyone(results):
    picture = ET.fromstring(documents.chart(results))  # noqa: S314 - written a line before
    dots = [dot for dot in picture.iter(f"{SVG}circle") if dot.get("cy") != "42"]
    legend = [dot for dot in picture.iter(f"{SVG}circle") if dot.get("cy") == "42"]
    texts = [text.text for text in picture.iter(f"{SVG}text")]

    assert len(dots) == 3  # select: two of them; update: one
    assert len(legend) == 3
    assert {"DotORM", "Tortoise <1.1>", "1.00", "2.00", "1x", "10x"} <= set(texts)


def test_further_to_the_right_is_slower():
    line = Line("a line", {"own": 1.0, "slow": 10.0, "slower": 100.0})
    picture = ET.fromstring(draw("x", [line], dict.fromkeys(line.ratios, "x")))  # noqa: S314
    dots = [dot for dot in picture.iter(f"{SVG}circle") if dot.get("cy") != "42"]
    slower, slow, own = (float(dot.get("cx")) for dot in dots)

    assert own < slow < slower < 860
    assert slower - slow == pytest.approx(slow - own, abs=0.2)  # ten times is as far as ten times


def test_figures_replace_what_stands_between_their_comments():
    text = "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n"
    new = documents.between(text, "bench", "new")

    assert new == "before\n<!-- bench -->\nnew\n<!-- /bench -->\nafter\n"
    assert documents.between(new, "bench", "new") == new


@pytest.mark.parametrize("text", ["", "<!-- bench -->", "<!-- /bench --><!-- bench -->"])
def test_a_document_without_a_place_is_refused(text):
    with pytest.raises(documents.NoPlace, match="bench"):
        documents.between(text, "bench", "new")


def test_figures_of_a_busy_machine_are_called_so(results):
    assert report.machine(results).endswith("load 0.1.")
    results.machine["load"] = [1.1, 0.0, 0.0]
    assert report.machine(results).endswith("(a busy machine: these figures are a try).")


def test_what_is_kept_is_what_was_found(results, tmp_path):
    file = tmp_path / "kept" / "results.json"
    results.write(file)

    assert Results.read(file) == results


def test_another_backend_is_told_with_all_that_it_needs(results, run):
    other = replace(run, backend="sqlite", server="SQLite 3", versions={"aiosqlite": "0.22"})
    other.ways = {"dotorm": {"get": "User.get"}}
    other.rows = [Row("get", times={"dotorm": [0.3]})]
    again = replace(run, loop="uvloop")
    results.runs += [again, other]

    *_, second, third = report.whole(results).split("\n## ")
    assert second.startswith("PostgreSQL 18, CPython 3.12.1, uvloop\n\nSQLAlchemy 2.1.9, asyncpg")
    assert "fetchrow" not in second  # it is told above
    assert third.startswith("SQLite 3, CPython 3.12.1, asyncio\n\naiosqlite 0.22\n\n|")
    assert third.endswith("- **DotORM**: get: User.get")


def test_everything_is_published(results, tmp_path):
    (tmp_path / "docs").mkdir()
    for name in (documents.PAGE, documents.README):
        (tmp_path / name).write_text("# Title\n<!-- bench -->\n<!-- /bench -->\n")
    documents.publish(results, tmp_path)

    page = (tmp_path / documents.PAGE).read_text()
    readme = (tmp_path / documents.README).read_text()
    assert page.startswith("# Title\n")
    assert all(text in page for text in ("### What must hold", "asyncpg 0.32.0"))
    assert "| read 100,000 records" not in readme
    assert "| update 1000, same values" in readme
    for text in (page, readme):
        assert "PostgreSQL 18, CPython 3.12.1, asyncio" in text
        assert "SQLAlchemy 2.1.9, asyncpg 0.32.0" in text
        assert "Where a query written by hand takes less time" in text
        assert (
            "Made by `scripts/bench full` in 12 min 35 s: 2026-01-01 00:00 UTC; A processor,"
            " 2 cores, 23 GiB; Debian GNU/Linux 12, kernel 6.1; load 0.1."
        ) in text
    assert (tmp_path / documents.CHART).read_text().startswith("<svg ")
