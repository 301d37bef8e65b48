"""Printed numbers drawn: each of them, and what is computed where one doesn't hold."""

import pytest
from layout import faults, texts

from dwsep_helpers import cost, figures, papers
from dwsep_helpers.figures import printed
from dwsep_helpers.figures.picture import not_yet, style
from dwsep_helpers.papers import MOBILENET_V1, agrees

TABLES = {
    "Table 6": (papers.TABLE_6, lambda a: cost.mobilenet_macs(MOBILENET_V1, a) / 1e6),
    "checkpoints": (papers.CHECKPOINTS, lambda key: cost.mobilenet_macs(MOBILENET_V1, *key) / 1e6),
}


def test_what_is_drawn_is_said():
    assert figures.printed_numbers(TABLES, agrees).alt == (
        "Printed numbers. Table 6: 4 of 4 hold. checkpoints: 11 of 16 hold; not 0.75, 224: printed "
        "317, computed 325.4; 0.75, 192: printed 233, computed 239.3; 0.75, 160: printed 162, "
        "computed 166.4; 0.75, 128: printed 104, computed 106.8; 0.25, 192: printed 34, computed "
        "30.2."
    )


def test_the_unit_is_said_and_drawn():
    said = figures.printed_numbers(TABLES, agrees, unit="million MACs")
    assert said.alt.startswith("Printed numbers, million MACs. Table 6: ")
    assert said.data != figures.printed_numbers(TABLES, agrees).data


def test_another_column():
    parameters = {"Table 6": (papers.TABLE_6, lambda alpha: {0.5: 1.4}.get(alpha, 4.2))}
    alt = figures.printed_numbers(parameters, agrees, column=1).alt
    assert "1 of 4 hold; not 0.75: printed 2.6, computed 4.20; 0.5: printed 1.3" in alt


def test_every_number_is_drawn_and_the_wrong_ones_beside_the_right():
    held = {
        name: [printed._held(key, line[0], compute, agrees) for key, line in table.items()]
        for name, (table, compute) in TABLES.items()
    }
    with style():
        figure = printed._draw(held)
    assert faults(figure) == []
    written = texts(figure)
    for table, _ in TABLES.values():
        assert {line[0] for line in table.values()} <= set(written)
    assert [words for words in written if words.startswith("✗")] == [
        "✗ 325.4", "✗ 239.3", "✗ 166.4", "✗ 106.8", "✗ 30.2",
    ]  # fmt: skip


def test_functions_that_are_not_written_yet():
    def stub(*_):
        raise NotImplementedError

    open_count = {"Table 6": (papers.TABLE_6, stub)}
    assert figures.printed_numbers(open_count, agrees, exercise="4.6") == not_yet("4.6")
    assert figures.printed_numbers(TABLES, stub) == not_yet("4.7")


def test_no_table_is_refused():
    with pytest.raises(ValueError, match="tables is empty"):
        figures.printed_numbers({}, agrees)
