"""Tables as text, whatever separates their fields."""

import bz2
import gzip
import lzma

import pytest
from stellar.errors import UserError
from stellar.survey import text_tables
from stellar.survey.text_tables import text_table

HEADER = ["id", "ra", "u", "type"]
ROWS = [["1", "10.5", "19.25", "F5"], ["2", "11.5", "", "sd:F0 (G_84-29)"]]


def text(separator: str, quoted: bool = False) -> str:
    mark = '"' if quoted else ""
    lines = ([f"{mark}{cell}{mark}" for cell in row] for row in [HEADER, *ROWS])
    return "".join(separator.join(line) + "\n" for line in lines)


def read(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with text_table(path) as table:
        (batch,) = table.batches(table.names)
        return table, [list(row.values()) for row in batch.to_pylist()]


COMMAS = ["ra", "u", "type"], ["10,5", "1,925e+1", "C5,4"], ["11,5", "", "F5"]


@pytest.mark.parametrize("separator", [";", "\t", ",", " "])
def test_decimal_commas_are_read_where_no_number_has_a_point(tmp_path, separator):
    lines = [separator.join(f'"{cell}"' for cell in row) for row in COMMAS]
    _, rows = read(tmp_path / "a.csv", "\n".join([*lines, ""]))
    assert rows == [["10.5", "1.925e+1", "C5,4"], ["11.5", "", "F5"]]
    many = [lines[0], *[lines[1]] * 50, lines[2].replace("11,5", "1.234")]
    with pytest.raises(UserError, match=r"column ra, row 51: '1.234' has a decimal point, other"):
        read(tmp_path / "a.csv", "\n".join(many))


def test_a_comma_before_three_digits_may_mean_a_thousand(tmp_path):
    assert read(tmp_path / "a.csv", "ra;n\n1,234;17,456\n")[1] == [["1,234", "17,456"]]


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("name", ["u", "psfMag_u", "my_u", "gmag", "u [mag]"])
def test_a_comma_before_three_digits_of_a_magnitude_is_decimal(tmp_path, separator, name):
    text = f"ra;{name};n\n1,234;17,456;5\n2,345;9,456;1,234\n3,456;;7\n".replace(";", separator)
    _, rows = read(tmp_path / "a.csv", text)
    assert rows == [["1.234", "17.456", "5"], ["2.345", "9.456", "1.234"], ["3.456", "", "7"]]


@pytest.mark.parametrize("rows", ["17,456;1.5", "17,456;1,234,567", "17,456;1\n17;2", "117,456;1"])
def test_such_a_comma_may_mean_a_thousand_where_another_number_does(tmp_path, rows):
    expected = [row.split(";") for row in rows.split("\n")]
    assert read(tmp_path / "a.csv", f"u;n\n{rows}\n")[1] == expected


def test_single_quotes_around_names_are_no_part_of_them(tmp_path):
    assert read(tmp_path / "a.csv", "'ra','u mag'\n1,2\n")[0].names == ["ra", "u mag"]


def test_signs_that_nobody_sees_are_no_part_of_a_name(tmp_path):
    text = "\u200bra,\ufeffu\u00ad,g\u200e\n1,2,3\n"
    assert read(tmp_path / "a.csv", text)[0].names == ["ra", "u", "g"]


def test_a_plain_file_may_keep_the_ending_of_a_packed_one(tmp_path):
    assert read(tmp_path / "a.csv.gz", text(","))[1] == ROWS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('ra u\n"1" 10.5 19\n"2" 11.5 18\n', "row 1 .line 2. has 3 fields, .*row.names = FALSE"),
        ("ra,u\n1,2,\n", "row 1 .line 2. has 3 fields, the header 2: '1,2,'; name each column"),
        ("ra,u\n1,2\nTotal\n", "row 2 .line 3. has 1 fields, .*'Total'; correct the line or"),
    ],
)
def test_a_row_of_another_length_comes_with_advice(tmp_path, content, said):
    with pytest.raises(UserError, match=said):
        read(tmp_path / "a.csv", content)


@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "dat"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_header_says_what_separates_fields(tmp_path, separator, ending):
    for quoted in (False, True):
        table, rows = read(tmp_path / f"a.{ending}", text(separator, quoted))
        assert table.names == HEADER
        assert rows == ROWS
        assert [table.line(n) for n in (1, 2, 3)] == [2, 3, None]


def test_what_agrees_with_the_rows_counts_more_than_the_longest_header(tmp_path):
    table, rows = read(tmp_path / "a.csv", "ra;u (mag, AB, model);type\n1,5;2.5;F\n")
    assert table.names == ["ra", "u (mag, AB, model)", "type"]
    assert rows == [["1,5", "2.5", "F"]]


def test_blanks_inside_fields_between_tabs_separate_nothing(tmp_path):
    table, rows = read(tmp_path / "a.csv", "ra\tu mag\ttype\n1\t2\tF5 V\n")
    assert table.names == ["ra", "u mag", "type"]
    assert rows == [["1", "2", "F5 V"]]


@pytest.mark.parametrize(
    "content",
    [
        '  id    ra     u type\n\n   1  10.5 19.25 F5\n   2  11.5    "" "sd:F0 (G_84-29)"  \n',
        'id ra\tu type\n1 10.5\t\t19.25 F5\n2 11.5 "" "sd:F0 (G_84-29)"\n',
        '# id ra u type\n1 10.5 19.25 F5\n# between\n2 11.5 "" "sd:F0 (G_84-29)"\n',
    ],
    ids=["aligned", "blanks and tabs", "names in a comment"],
)
def test_fields_between_blanks(tmp_path, content):
    table, rows = read(tmp_path / "a.txt", content)
    assert table.names == HEADER
    assert rows == ROWS
    assert table.line(2) == 4 - (content.startswith("id"))


@pytest.mark.parametrize("row", ["2 11.5 F0", "2 11.5 19 sd:F0 (G_84-29)"])
def test_blanks_that_mean_nothing_or_do_not_separate_are_one_sentence(tmp_path, row):
    fields = len(row.split())
    with pytest.raises(UserError, match=rf"row 2 \(line 3\) has {fields} fields.*quote texts"):
        read(tmp_path / "a.txt", f"id ra u type\n1 10.5 19.25 F5\n{row}\n")


def test_a_blank_that_another_blank_makes_up_for_is_noticed(tmp_path):
    """`u` is not known in row 2, and its name has two words: as many fields as there should be."""
    lines = [
        "   name note    u     g type",
        "  alpha    5 19.5 18.25 F5  ",
        "be ta      6      17.25 G2  ",
        "  gamma    7 19.0 18.00 M0V ",
    ]
    path, content = tmp_path / "a.txt", "\n".join(lines)
    with pytest.raises(UserError, match=r"row 2 \(line 3\) has a field that does not stand below"):
        read(path, content)
    _, rows = read(path, content.replace("be ta      6     ", '"be ta"    6  nan'))
    assert rows[1] == ["be ta", "6", "nan", "17.25", "G2"]


@pytest.mark.parametrize("mark", ["# ", "#", "#  "])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_names_behind_a_hash(tmp_path, mark, separator):
    content = text(separator)
    for first in ("", "# made in 2024\n#\n", "sep=,\n"):
        table, rows = read(tmp_path / "a.csv", first + mark + content)
        assert table.names == HEADER
        assert rows == ROWS


def test_vizier_gives_units_and_a_line_of_dashes(tmp_path):
    about = "#\n#   VizieR\n#Column\tRAJ2000\t(F10.6)\tRight ascension\n\n"
    body = "RAJ2000\tumag\tSp\ndeg\tmag\t \n----------\t------\t--\n010.5\t19.25\tF5\n\n"
    table, rows = read(tmp_path / "a.tsv", about + body + "#END# of it\n")
    assert table.names == ["RAJ2000", "umag", "Sp"]
    assert table.units == {"RAJ2000": "deg", "umag": "mag"}
    assert rows == [["010.5", "19.25", "F5"]]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("ending", ["", "packed"])
def test_packed_files(tmp_path, pack, ending):
    """By the content: a browser may have changed the ending, or unpacked the file."""
    name = {gzip.compress: ".gz", bz2.compress: ".bz2", lzma.compress: ".xz"}[pack]
    for separator in (",", "\t"):
        path = tmp_path / ("a.csv" + (name if ending else ""))
        assert read(path, pack(text(separator).encode()))[1] == ROWS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("1,10.5,19.25\n2,11.5,19.5\n", "has no header: its first line should have the names"),
        ("# a, b\n1,10.5,19.25\n", "has no header"),
        ("# just words\n", "has no header"),
        ("\n\n", "is empty"),
        (text("\t").encode("utf-16"), "is no UTF-8 text; save it as UTF-8"),
        (
            "# x\nid,type\n1,caf\xe9\n".encode("latin-1"),
            r"row 1 \(line 3\) column type, is no UTF-8",
        ),
    ],
)
def test_what_is_no_table(tmp_path, content, said):
    with pytest.raises(UserError, match=said) as error:
        read(tmp_path / "a.csv", content)
    assert "\n" not in str(error.value)


ASTRAY = {
    "a second mark": '""B5" x',
    "marks of its own": '""B5""',
    "text behind the mark": '"B5"V',
    "a number behind the mark": '"B"5',
    "a mark at the end": 'B5"',
    "a mark inside": 'B"5',
    "a blank before": ' "B5"',
}


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", " "])
@pytest.mark.parametrize("cell", ASTRAY.values(), ids=ASTRAY)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_stray_quotation_mark_is_an_error(tmp_path, separator, cell, end):
    cell = cell.replace(" ", "_" if separator == " " else " ")
    rows = [["1", "10.5", "19", "F5"], ["2", "11.5", "19", cell], ["3", "11.5", "19", "G2"]]
    content = end.join(separator.join(row) for row in [HEADER, *rows]) + end
    with pytest.raises(UserError, match=r"row 2 \(line 3\) column type has a stray quotation mark"):
        read(tmp_path / "a.csv", content)


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_marks_that_are_doubled_inside_others_are_read(tmp_path, separator):
    cells = ['"a ""b"""', '"""a"" b"', f'"a{separator}""b"" c"', '"a ""b""\nc"', '"5"""', '""']
    rows = [["1", "2", "3", cell] for cell in cells]
    content = "".join(separator.join(row) + "\n" for row in [HEADER, *rows])
    _, found = read(tmp_path / "a.csv", content)
    wanted = ['a "b"', '"a" b', f'a{separator}"b" c', 'a "b"\nc', '5"', ""]
    assert [row[3] for row in found] == wanted


def test_marks_in_a_column_that_nobody_uses_do_not_matter(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,note,u\n1,"5"x,19\n2,""x"",18\n', encoding="utf-8")
    with text_table(path) as table:
        (batch,) = table.batches(["id", "u"])
    assert batch.to_pydict() == {"id": ["1", "2"], "u": ["19", "18"]}


def test_a_table_that_ends_in_the_middle_of_a_cell_is_one_sentence(tmp_path):
    content = 'id ra u type\n1 10.5 19 F5\n2 11.5 19 "F5\n'
    with pytest.raises(UserError, match="quotation mark"):
        read(tmp_path / "a.txt", content)


def test_rows_between_blanks_keep_their_order_from_piece_to_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(text_tables, "_CELL_ROWS", 2)
    path = tmp_path / "a.txt"
    path.write_text("id u\n" + "".join(f"{n}  19\n" for n in range(5)), encoding="utf-8")
    with text_table(path) as table:
        rows = [row for batch in table.batches(["id"]) for row in batch["id"].to_pylist()]
    assert rows == ["0", "1", "2", "3", "4"]


def test_a_row_longer_than_a_block_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(text_tables, "_BLOCK", 1 << 16)
    with pytest.raises(UserError, match=r"a row is longer than .* is a quotation mark not closed"):
        read(tmp_path / "a.csv", "id,note\n1,2\n" + f"2,{'x' * (1 << 18)}\n")
