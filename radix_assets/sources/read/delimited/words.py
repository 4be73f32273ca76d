"""How likely a first row of words names the columns of words below it."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_PRIOR = math.log(20)
_KNOWN, _UNKNOWN, _ALONE = math.log(20), math.log(0.17), math.log(0.35)
_MASK = math.log(0.002)
_PATTERN, _NO_PATTERN = math.log(0.05), math.log(30)
_IDENTIFIER, _SAME_CASE, _OTHER_CASE = math.log(20), math.log(0.5), math.log(6)
_TWICE = math.log(0.3)
_SEEN = 0.03
_MOST_SAME = 2
_MOSTLY = 0.9
_LEAST, _WORDS = 2, 5
_IDENTIFIERS = re.compile(r"[A-Za-z]+\d*(?:[_.][A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+")
_PATTERNS = (
    re.compile(r"[^@\s]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?:https?://|www\.)\S+"),
    re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"),
    re.compile(r"(?=.*\d)(?:0x)?[0-9A-Fa-f]{12,}"),
    re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}"),
    re.compile(r"(?=.*\d)[A-Za-z]{0,6}[-_/. ]?\d[\w./ -]*"),
    re.compile(r"[A-Z]{2,4}"),
)
_CERTAIN = 5
"""The first of them are patterns that no name of a column has."""
_MANY, _SENTENCE = 5, 4
_DIGITS = re.compile(r"\d+")
_LABELS, _LONGER = math.log(0.01), math.log(5)
_MANY_ROWS = 8
_SHORT_NAME = re.compile(r"[\w.:$#-]{1,24}")
_NUMBERED = re.compile(r"(\D+)(\d{1,4})")
_TOKEN = re.compile(r"[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|[^\W\d_]+")
_NAMES = frozenset(
    """
    id ids key code codes name names type kind class category categories group status state title label description
    desc text note notes comment comments remark remarks value values date time timestamp day month year period
    start end from to city town country region district province county area place location address street zip
    postcode postal phone telephone mobile fax email mail url link website web user username login password owner
    author editor customer client supplier vendor company firm organization organisation department team role job
    position person people employee manager teacher student pupil patient doctor gender sex age birth birthday
    nationality language color colour size shape material brand model make product item article sku unit units
    quantity qty amount price cost total sum currency rate score rank rating level grade result outcome reason
    source target origin destination method mode format version number no nr num count index order line row column
    field file path folder question answer response topic subject species genus family variety breed animal plant
    tag tags first last middle second full given surname forename firstname lastname nickname initials parent child
    capital continent flag symbol abbreviation iso station site sample test treatment gene protein symptom diagnosis
    drug dose sender receiver recipient message content body summary feature property attribute parameter setting
    option choice term word synonym translation definition meaning priority severity action event activity task
    project stage phase step section chapter page sport player club league song artist album genre film movie
    director actor book publisher isbn bezeichnung nummer art typ klasse kategorie gruppe titel beschreibung
    bemerkung bemerkungen kommentar wert datum zeit uhrzeit monat jahr zeitraum beginn ende von bis stadt ort land
    bundesland kreis gemeinde plz adresse anschrift strasse straße hausnummer telefon nachname vorname nutzer
    benutzer kunde kunden lieferant firma unternehmen abteilung rolle beruf mitarbeiter geschlecht alter
    geburtsdatum sprache farbe größe marke modell produkt artikel einheit menge betrag preis währung ergebnis grund
    quelle ziel frage antwort thema familie gattung zustand schlüssel kennung konto buchungstext verwendungszweck
    empfänger nom prénom prenom ville pays région rue téléphone courriel couleur taille marque modèle produit
    quantité prix montant devise année mois jour sexe âge langue fournisseur catégorie libellé valeur nombre
    apellido apellidos ciudad país pais región provincia dirección calle teléfono correo tamaño marca modelo
    producto cantidad precio importe moneda fecha hora año mes día sexo edad idioma cliente proveedor categoría
    descripción estado código nome cognome città paese regione indirizzo telefono colore prodotto quantità prezzo
    importo data anno mese giorno categoria descrizione codice stato cidade endereço telefone cor produto preço naam
    voornaam achternaam stad plaats straat telefoon kleur merk hoeveelheid prijs bedrag jaar maand dag navn by farve
    pris dato år namn färg färger kommun nimi kaupunki maa väri imię nazwisko miasto kraj ulica kolor cena rok jméno
    příjmení město země barva název nazwa ad soyad şehir ülke renk adı soyadı имя фамилия город страна цвет название
    код дата адрес телефон 姓名 名称 城市 国家 颜色 日期 地址 電話 名前 都市 国 色
    성명 이름 부서 직급 주소 날짜 도시 국가 전화 氏名 部署 住所 電話番号 性別 年齢 备注 地区 类别
    """.split()  # noqa: SIM905 a list of words would be one line each
)
"""Words that columns are often named after, in lower case."""


def header_odds(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    """Return the probability (0 to 1) that a row of words names the columns of words below it, from all of them.

    What speaks for names: words that columns are named after, identifiers, a pattern that only the values below have.
    What speaks for values: they occur again in their columns, have the pattern of the values, or are written as those.
    """
    first = [cell.strip() for cell in cells]
    score = _PRIOR
    columns = [
        [text for row in rows if index < len(row) and (text := row[index].strip())] for index in range(len(first))
    ]
    values = [_is_written_as(cell, column) for cell, column in zip(first, columns, strict=True)]
    known = sum(is_known(cell) and not value for cell, value in zip(first, values, strict=True))
    # Few words of the scripts that have no capitals are listed.
    listed = len(first) > 1 and any(_case(cell) for cell in first)
    score += min(known, 3) * _KNOWN if known else _UNKNOWN if listed else _ALONE
    if _are_counted(first):
        score += _IDENTIFIER
    same = 0
    for cell, column, value in zip(first, columns, values, strict=True):
        if not cell or len(column) < _LEAST:
            continue
        score += _of_values(cell, column)
        evidence = _MASK if value else _of_form(cell, column)
        if evidence is not None:
            score += evidence
            continue
        cases = Counter(map(_case, column))
        case, number = cases.most_common(1)[0]
        if number >= _MOSTLY * len(column):
            if _case(cell) != case:
                score += _OTHER_CASE
            elif case and same < _MOST_SAME:
                score += _SAME_CASE
                same += 1
    present = [cell for cell in first if cell]
    if len(set(present)) < len(present):
        score += _TWICE
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


def label_odds(names: Sequence[str], cells: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    """Return the probability (0 to 1) that a row of words below short names is their labels, as surveys are exported.

    None of its words occurs again in columns in which others do, over and over.
    """
    if len(rows) < _MANY_ROWS or len(cells) != len(names) or not all(map(_SHORT_NAME.fullmatch, names)):
        return 0.0
    score, recurring, longer = _LABELS, 0, 0
    for index, cell in enumerate(cells):
        text = cell.strip()
        column = [value for row in rows if index < len(row) and (value := row[index].strip())]
        if not text or text in column or text == names[index]:
            return 0.0
        distinct = len(set(column))
        longer += " " in text and sum(len(value) < len(text) for value in column) >= _MOSTLY * len(column)
        if 2 * distinct <= len(column):
            recurring += 1
            score += min(
                math.log((len(column) + 1) / (sum(n == 1 for n in Counter(column).values()) + 0.5)), math.log(20)
            )
    if recurring < _LEAST:
        return 0.0
    score += _LONGER if 2 * longer >= len(cells) else 0.0
    return 1 / (1 + math.exp(-score))


def _of_values(cell: str, column: Sequence[str]) -> float:
    """Return what it tells that a cell does, or does not, occur again in its column.

    Of values, the share that occurs once estimates how likely one more is new.
    """
    counts = Counter(column)
    new = (sum(number == 1 for number in counts.values()) + 0.5) / (len(column) + 1)
    return math.log(_SEEN / max(0.05, 1 - new)) if cell in counts else min(math.log(1 / new), math.log(20))


def _of_form(cell: str, column: Sequence[str]) -> float | None:
    """Return what the form of a cell tells beside that of its column; None if they have none in common."""
    pattern = next((each for each in _PATTERNS if _share(each, column) >= _MOSTLY), None)
    if pattern is not None:
        return _PATTERN if pattern.fullmatch(cell) else _NO_PATTERN
    if len(cell.split()) >= _SENTENCE and _share_long(column) >= _MOSTLY:
        return _PATTERN + _SAME_CASE
    if _IDENTIFIERS.fullmatch(cell) and _share(_IDENTIFIERS, column) < 1 - _MOSTLY:
        return _IDENTIFIER
    return None


def _is_written_as(cell: str, column: Sequence[str]) -> bool:
    """Return whether a cell certainly is a value like those of its column: `item000` above `item001`, an address."""
    if len(column) < _MANY:
        return False
    mask = _DIGITS.sub("9", cell)
    if "9" in mask and sum(_DIGITS.sub("9", text) == mask for text in column) >= _MOSTLY * len(column):
        return True
    return any(pattern.fullmatch(cell) and _share(pattern, column) >= _MOSTLY for pattern in _PATTERNS[:_CERTAIN])


def _share_long(column: Sequence[str]) -> float:
    return sum(len(text.split()) >= _SENTENCE for text in column) / len(column)


def _are_counted(cells: Sequence[str]) -> bool:
    """Return whether cells are letters or numbered words in their order: `a,b,c`, `x1,x2`."""
    if len(cells) < _LEAST:
        return False
    if all(len(cell) == 1 and cell.isascii() and cell.isalpha() for cell in cells):
        return all(ord(right) - ord(left) == 1 for left, right in pairwise(cells))
    hits = [_NUMBERED.fullmatch(cell) for cell in cells]
    numbers = [int(hit[2]) for hit in hits if hit]
    words = {hit[1] for hit in hits if hit}
    return len(numbers) == len(cells) and len(words) == 1 and all(b - a == 1 for a, b in pairwise(numbers))


def is_known(cell: str) -> bool:
    """Return whether columns are often named after the first or the last word of a cell."""
    tokens = [token.lower() for token in _TOKEN.findall(cell)]
    return 0 < len(tokens) <= _WORDS and (tokens[-1] in _NAMES or tokens[0] in _NAMES)


def _share(pattern: re.Pattern[str], column: Sequence[str]) -> float:
    return sum(bool(pattern.fullmatch(text)) for text in column) / len(column)


def _case(text: str) -> str:
    letter = next((mark for mark in text if mark.isalpha()), "")
    if text.isupper() and len(text) > 1:
        return "upper"
    return "title" if letter.isupper() else "lower" if letter.islower() else ""
