"""Prose, program code and drawn tables in text files; headers of two lines."""

import pytest

from radix_resources.errors import SourceError

PROSE = [
    """Once upon a time, there was a king, who lived in a castle.
He had three daughters, all of them kind, and one son.
The son, being young, went out into the world.
In the forest, he met a wolf, who spoke to him, kindly.
""",
    """Es war einmal ein König; der lebte in einem Schloss.
Er hatte drei Töchter; alle waren schön.
Und einen Sohn.
""",
    """Dear Sir,

I am writing to you, as agreed, about the invoice of last month.
Please find it attached, with the receipts and the form.

Kind regards
John Smith
""",
]
CODE = [
    """#include <stdio.h>
int main(int c, char **v) {
  int a = 1, b = 2;
  for (int i = 0; i < 9; i++) {
    a += i;
  }
}
""",
    """import os, sys

def main(a, b):
    x = [1, 2, 3]
    print(a, b, x)
    return f(a, b)
""",
    """const a = require('a');
function f(x, y) {
  return x + y;
}
module.exports = { f, a };
""",
    """SELECT a, b, c
FROM t
WHERE a = 1 AND b = 2;
INSERT INTO t (a, b) VALUES (1, 2);
""",
]


@pytest.mark.parametrize("text", [*PROSE, *CODE])
def test_prose_and_code_are_refused(read, text):
    with pytest.raises(SourceError, match="RDX-SRC-005"):
        read(text, "notes.txt")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id\tnote\n1\tSaid hello, and left.\n2\tNo, thanks.\n", 2),
        ("Paris, France\nRome, Italy\nBerlin, Germany\n", 2),
        ("author;quote\nTwain;The secret of it all is getting started.\nWilde;Be yourself, as all else is taken.\n", 2),
        ("a;b;\n1;x;\n2;y;\n", 2),
    ],
)
def test_tables_of_words_are_tables(read, text, rows):
    assert read(text, "notes.txt").schema.rows == rows


DRAWN = [
    """| id | name | price |
|----|:----:|------:|
| 1 | apple | 2.50 |
| 2 | pear \\| fig | 3.00 |
""",
    """# Report

Prices.

| id | name | price |
|---|---|---|
| 1 | apple | 2.50 |
| 2 | pear \\| fig | 3.00 |
""",
    """id | name | price
---|------|-----
1 | apple | 2.50
2 | pear \\| fig | 3.00
""",
    """+----+-------------+-------+
| id | name        | price |
+----+-------------+-------+
|  1 | apple       |  2.50 |
|  2 | pear \\| fig |  3.00 |
+----+-------------+-------+
""",
    """ id |    name     | price
----+-------------+-------
  1 | apple       |  2.50
  2 | pear \\| fig |  3.00
(2 rows)
""",
    """---------------------------
|id  |name        |price  |
---------------------------
|1   |apple       |   2.50|
|2   |pear \\| fig |   3.00|
---------------------------
""",
    """|id|name|price|
|1|apple|2.50|
|2|pear \\| fig|3.00|
""",
]


@pytest.mark.parametrize("text", DRAWN)
def test_drawn_tables_are_read(read, text):
    frame = read(text, "report.txt").frame
    assert frame.to_dict(as_series=False) == {"id": [1, 2], "name": ["apple", "pear | fig"], "price": [2.5, 3.0]}


def test_rows_of_dashes_are_rows(read):
    assert read("a|b\n1|x\n--|--\n2|y\n").schema.rows == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_second_line_tells_repeated_names_apart(read, delimiter):
    lines = [["id", "2023", "2023", "2024", "2024"], ["", "q1", "q2", "q1", "q2"], ["1", "2", "3", "4", "5"], ["2"] * 5]
    frame = read("".join(delimiter.join(line) + "\n" for line in lines)).frame
    assert frame.columns == ["id", "2023 q1", "2023 q2", "2024 q1", "2024 q2"]
    assert frame.height == 2
