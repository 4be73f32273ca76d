"""Lines of several encodings in one file, and letters that were converted to UTF-8 twice."""

import pytest

NAMES = {
    "cp1252": ["Müller", "Größe", "Café", "Jürgen", "Zoë", "Straße", "naïve", "Anna", "Fjörd"],
    "cp1250": ["Łódź", "Kraków", "Gdańsk", "Wrocław", "Poznań", "Częstochowa", "Anna"],
    "cp1251": ["Иванов", "Петров", "Москва", "Сидоров", "Россия"],
    "cp932": ["東京", "大阪市", "山田太郎", "北海道", "株式会社"],
    "gb18030": ["北京", "上海市", "张敏", "广州", "重庆"],
}


def codes(raw):
    return [warning.code for warning in raw.schema.warnings]


def lines(names, encode):
    return b"id,name\n" + b"".join(encode(row, f"{row},{name}\n") for row, name in enumerate(names))


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize("every", [2, 3, 7])
@pytest.mark.parametrize("swapped", [False, True])
def test_each_line_is_read_in_its_own_encoding(read, encoding, every, swapped):
    names = NAMES[encoding] * 8
    raw = read(lines(names, lambda row, text: text.encode(encoding if (row % every == 1) != swapped else "utf-8")))
    assert raw.frame["name"].to_list() == names
    assert codes(raw) == ["mixed_encodings"]
    assert raw.schema.warnings[0].count > 0
    assert raw.schema.warnings[0].lines


def test_a_byte_or_two_that_are_no_text_are_set_aside(read):
    names = NAMES["cp1252"] * 8
    raw = read(lines(names, lambda row, text: text.encode("cp1252" if row in {0, 3} else "utf-8")))
    assert (raw.schema.rejected, codes(raw)) == (2, ["not_text"])


@pytest.mark.parametrize("every", [1, 2, 3])
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_letters_converted_twice_are_those_that_were_meant(read, every, wrong):
    names = ["Müller", "Größe", "Café", "Jürgen", "Zoë", "Straße", "naïve", "Anna", "5 °C", "it’s – “so”", "10 €"] * 4

    def encode(row, text):
        twice = "".join(bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in text.encode())
        return (twice if row % every == 0 else text).encode()

    raw = read(lines(names, encode))
    assert raw.frame["name"].to_list() == names
    assert codes(raw) == ["converted_twice"]
    kept = read(lines(names, encode), encoding="utf-8")
    assert kept.frame["name"][0] == "MÃ¼ller"
    assert codes(kept) == []


@pytest.mark.parametrize(
    "names",
    [
        ["Äpfel", "„Ä“ und „Ö“", "Größe", "Fuß“", "café…»"],
        ["SÃO PAULO", "MAÇÃ", "AMANHÃ»", "Âmbito", "IRMÃ”"],
        ["Łódź", "STÓŁ", "Åse", "Ärger…"],
        ["東京", "Ünal", "À côté"],
    ],
)
def test_ordinary_letters_are_left_alone(read, names):
    raw = read(lines(names * 5, lambda _, text: text.encode()))
    assert raw.frame["name"].to_list() == names * 5
    assert codes(raw) == []


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("cp1250", ["Łódź", "Kraków", "STÓŁ", "Wrocław"]), ("gb18030", ["小", "北京", "上海市", "小小"])],
)
def test_pairs_of_bytes_that_are_utf8_by_chance_do_not_divide_a_file(read, encoding, names):
    raw = read(lines(names * 8, lambda _, text: text.encode(encoding)))
    assert raw.frame["name"].to_list() == names * 8
    assert "mixed_encodings" not in codes(raw)


def test_one_text_converted_twice_is_said_and_kept(read):
    raw = read("id,name\n1,MÃ¼ller\n2,Anna\n")
    assert raw.frame["name"].to_list() == ["MÃ¼ller", "Anna"]
    assert codes(raw) == ["converted_twice"]
