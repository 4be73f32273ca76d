"""Reports that were printed page by page: numbers of pages, titles and headers on every page are no rows."""

import pytest

HEADER = "id,city,amount\n"


def rows(page, separator=","):
    numbers = range(10 * page, 10 * page + 10)
    return "".join(separator.join([str(row), "Rome" if row % 3 else "Bonn", f"{row * 2.5}"]) + "\n" for row in numbers)


def codes(raw):
    return [warning.code for warning in raw.schema.warnings]


def is_read(raw, pages=4):
    assert raw.frame["id"].to_list() == list(range(10 * pages))
    assert raw.frame["amount"].to_list() == [row * 2.5 for row in range(10 * pages)]
    assert "page_lines" in codes(raw)
    assert not {"short_rows", "stacked_tables", "mixed_values"} & set(codes(raw))
    return True


@pytest.mark.parametrize(
    "mark", ["Page {0} of 4", "Seite {0} von 4", "- {0} -", "Page {0},,", "Página {0}", "Strana: {0}"]
)
def test_numbers_of_pages_between_rows(read, mark):
    raw = read(HEADER + "".join(rows(page) + mark.format(page + 1) + "\n" for page in range(4)))
    assert is_read(raw)
    assert raw.schema.warnings[0].count == raw.schema.rejected == 4


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("feed", ["", "\f"])
@pytest.mark.parametrize("at_top", [False, True])
def test_titles_and_headers_on_every_page(read, separator, feed, at_top):
    text = ""
    for page in range(4):
        number = f"Page {page + 1} of 4\n"
        text += (feed if page else "") + "Sales report\nPrinted: 2024-01-31\n" + (number if at_top else "") + "\n"
        text += HEADER.replace(",", separator) + rows(page, separator) + ("" if at_top else "\n" + number)
    assert is_read(read(text))


def test_form_feeds_alone_and_lines_at_the_end_of_pages(read):
    text = "\f".join(f"Ledger\n{HEADER}{rows(page)}Confidential\n" for page in range(4))
    assert is_read(read(text))


def test_pages_of_fixed_width(read):
    pages = []
    for page in range(3):
        lines = [
            f"{'MONTHLY LEDGER':^40}",
            f"{f'Page: {page + 1}':>40}",
            "",
            f"{'ACCT':<8}{'NAME':<20}{'DEBIT':>12}",
            "-" * 40,
        ]
        lines += [f"{10 * page + row:<8}{('Cash', 'Bank fees')[row % 2]:<20}{row * 2.5:>12.2f}" for row in range(10)]
        pages.append("\n".join(lines) + "\n")
    raw = read("\f".join(pages), name="ledger.txt")
    assert raw.frame["ACCT"].to_list() == list(range(30))
    assert raw.frame["NAME"].unique().sort().to_list() == ["Bank fees", "Cash"]
    assert raw.types()["DEBIT"] == "float"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"Page {row}\n" for row in range(1, 30)),
        "title,pages\n" + "".join(f"Page {row},{row}\n" for row in range(1, 30)),
        "id,note\n" + "".join(f'{row},"Page {row}\nof it"\n' for row in range(1, 30)),
        "id,note\n1,a\n2,b\n3,c\nPage 7\n4,d\n5,e\nPage 3\n6,f\n7,g\n",
        "url,n\n" + "".join(f"https://example.com/page/{row},{row}\n" for row in range(1, 30)),
    ],
)
def test_rows_that_name_pages_are_rows(read, text):
    assert "page_lines" not in codes(read(text, name="table.csv"))
