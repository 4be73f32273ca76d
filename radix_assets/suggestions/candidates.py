"""Features of a column as a target: its name, position, values and the place of its table in the schema."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from radix_assets.common.words import singular, words

_GROUPS = {
    "named a target": (
        r"targets?|labels?|class|classes|y|outcomes?|response|output|truth|dependent|verdict|decision|objective|"
        r"classification|gold|ziel(variable|groesse)?|klasse|objetivo|cible|etiqueta|clase|classe|etiquette|alvo|"
        r"saida|doel"
    ),
    "named as what may happen": (
        r"churn\w*|attrit\w*|surviv\w*|dea(d|th)|died|mortality|fraud\w*|default(ed|er|s)?|delinquen\w*|dlqin\w*|"
        r"spam|exited|left|readmi\w*|recid\w*|convert(ed)?|conversion|subscrib\w*|approv\w*|accept(ed|ance)?|"
        r"click(ed|s)?|purchased?|bought|cancel\w*|returned|complaints?|bankrupt\w*|arrest\w*|fail(ed|ure|ures|s)?|"
        r"faults?|defects?|defective|anomaly|attacks?|intrusion|malware|malicious|phishing|disease|cancer|tumou?r|"
        r"stroke|malignan\w*|infected|positive|won|winner|wins?|success\w*|transported|donated|adopted|adoption|"
        r"hired|promoted|placed|dropout|graduated|passed|expired?|occupied|occupancy|potab\w*|reached|late|"
        r"recidivism|tomorrow|risk|bad|abandoned|unsubscribed|no_show|(ge)?kuendig\w*|storn\w*|abgang|ausfall|baja|"
        r"fuga|abandono|inadimpl\w*|moros\w*|mora|resili\w*|impaye|evasao|opzegging"
    ),
    "named as a sum or measure people predict": (
        r"price|prices|close|closing|cost|costs|charges?|salary|salaries|wages?|revenue|sales|sale_price|sold|demand|consumption|"
        r"load|usage|traffic|yield|strength|mpg|rent|fare|tip|delay|duration|lateness|profit|spend(ing)?|"
        r"expenditure|expenses|visits|visitors|claims?|rides|riders|ridership|passengers|shares|rings|rul|"
        r"emissions?|freight|purchase|medv|expectancy|arrivals|orders?|bookings|trips|balance|preis\w*|kosten|"
        r"umsatz|absatz|gehalt|lohn|miete|verbrauch|precio|costo?|ventas?|salario|alquiler|consumo|ingresos|demanda|"
        r"prix|ventes?|salaire|loyer|chiffre_affaires|preco|vendas?|prezzo|vendite|stipendio|prijs|omzet|cena"
    ),
    "named as a grade": (
        r"quality|ratings?|scores?|grades?|points|stars|sev|severity|stage|happiness|satisfaction|popularity|rank|"
        r"position|reputation|sentiment|activity|nota|note|bewertung|calificacion|punteggio|qualitaet|calidad|"
        r"qualite"
    ),
    "named as a kind": (
        r"type|status|species|variety|result|group|genre|diagnos\w*|condition|category|fault|state|level|weather|"
        r"reason|sort|art|typ|tipo|estado|statut|resultado?|especie"
    ),
    "named as an amount": (
        r"amount|total|value|count|cnt|number|counts|units|quantity|volume|betrag|anzahl|wert|cantidad|monto|valor|"
        r"montant|nombre|importe|temperature|temp|meantemp|income|weight|power|area|pm"
    ),
}
_DESCRIBED = (
    r"age|sex|gender|race|ethnic\w*|country|city|town|region|zip|latitude|lat|longitude|lon|lng|long|name|address|e?mail|phone|"
    r"month|year|day|hour|week|weekday|date|time|colou?r|height|width|length|depth|education|marital|occupation|job|department|"
    r"code|title|description|text|url|birth|dob|location|brand|make|model|version|language|currency|unit|season|quarter|"
    r"district|province|street|number|size|alter|geschlecht|edad|sexo|nom|nombre|datum|fecha|holiday|id|index|key"
)
_INPUT = (
    r"min|max|prev|previous|last|avg|mean|median|std|lag|forecast|predicted|predictions?|baseline|per|first|initial|has|"
    r"open|high|low|adj|est|estimated|expected|planned|scheduled|budget|budgeted|limit|unit"
)
_PATTERNS = {name: re.compile(rf"(?:^|_)(?:{text})(?=_|$)") for name, text in _GROUPS.items()}
_DESCRIPTION = re.compile(rf"(?:^|_)(?:{_DESCRIBED})(?=_|$)")
_AN_INPUT = re.compile(rf"(?:^|_)(?:{_INPUT})(?=_|$)")
_FLAG = re.compile(r"(^|_)(is|has|was|flag|yn|bool|indicator)(_|$)")
_SERIES = re.compile(r"\d+")
_FEW_ROWS = 30


@dataclass(frozen=True)
class Candidate:
    """A column that could be a target."""

    table: str
    name: str
    place: int
    kind: str
    """binary, classes, grades (few whole numbers), whole or number."""
    null_share: float = 0.0
    private: bool = False
    dense: bool = True
    """Whether strings look like classes: few, each frequent."""


@dataclass(frozen=True)
class Surroundings:
    """The table of a candidate."""

    columns: tuple[str, ...]
    """All of its columns, in order."""
    rows: int = 1000
    most_rows: int = 1000
    """Rows as a share of the project's largest table."""
    links: float = 0.0
    """Relationships as a share of those of the best connected table."""
    parents: int = 0
    """Tables it references."""
    children: int = 0
    """Tables that reference it."""
    tables: int = 1
    has_time: bool = False
    measures: int = 1
    """Its candidates."""


def is_named_as_measure(name: str) -> bool:
    """Return whether joined words name a sum or measure, such as a price, rather than a kind or a code."""
    return bool(_PATTERNS["named as a sum or measure people predict"].search(name))


def header(name: str, table: str) -> str:
    """Return the words of a name, joined, without the table's name in front: AESEV of the table ae is `sev`."""
    joined, own = "_".join(words(name)), "_".join(words(table))
    if len(own) > 1 and joined.startswith(own) and len(joined) > len(own) + 2:
        return joined.removeprefix(own).strip("_")
    return joined


def features_of(candidate: Candidate, around: Surroundings) -> dict[str, float]:
    """Return the features, roughly from 0 to 1."""
    text = header(candidate.name, candidate.table)
    last = len(around.columns) - 1
    features: dict[str, float] = {}
    if text == "y" and any("_".join(words(name)) == "x" for name in around.columns):
        text = "ordinate"  # of a point
    is_named = False
    numeric = candidate.kind in {"number", "whole"}
    for name, pattern in _PATTERNS.items():
        match = pattern.search(text)
        if match:
            is_named = True
            features[name] = 1.0
            features[f"{name}, {'a number' if numeric else 'classes'}"] = 1.0
            if match[0].strip("_") == text:
                features[f"{name}, wholly"] = 1.0
    described = bool(_DESCRIPTION.search(text))
    features |= {
        "describes": float(described),
        "describes only": float(described and not is_named),
        "an input's mark": float(bool(_AN_INPUT.search(text))),
        "a flag's mark": float(bool(_FLAG.search(text))),
        "as the table": _as_table(text, candidate.table),
        "one word": float("_" not in text),
        "last": float(candidate.place == last),
        "last but one": float(candidate.place == last - 1),
        "first": float(candidate.place == 0),
        "second after a key": float(candidate.place == 1),
        "late": candidate.place / max(1, last),
        candidate.kind: 1.0,
        "last and of classes": float(candidate.place == last and candidate.kind in {"binary", "classes", "grades"}),
        "last and named": float(candidate.place == last and is_named),
        "first and named": float(candidate.place == 0 and is_named),
        "last and in no series": float(candidate.place == last and not _in_series(candidate.name, around.columns)),
        "out of the series": _out_of_series(candidate.name, around.columns),
        "in a series": _in_series(candidate.name, around.columns),
        "nulls": candidate.null_share,
        "private": float(candidate.private),
        "many classes": float(not candidate.dense),
    }
    if around.tables > 1:
        small = around.rows < _FEW_ROWS and around.most_rows > 5 * around.rows
        features |= {
            "well linked": around.links,
            "a table of few rows": float(small),
            "share of rows": min(1.0, around.rows / max(1, around.most_rows)),
            "with a time": float(around.has_time),
            "both parent and child": float(around.parents > 0 and around.children > 0),
            "points nowhere": float(around.parents == 0),
            "nobody points to it": float(around.children == 0),
        }
    return {name: value for name, value in features.items() if value}


def describe_reasons(features: Mapping[str, float], kind: str) -> str:
    """Return the reasons in words."""
    parts = [name for name in _GROUPS if name in features][:1]
    parts += ["named as the table"] if features.get("as the table", 0) else []
    parts += ["last column"] if features.get("last") else ["first column"] if features.get("first") else []
    parts += ["other columns are a series"] if features.get("out of the series", 0) > 0.5 else []  # noqa: PLR2004 most
    parts += ["two values"] if kind == "binary" else []
    return "; ".join(parts) or "nothing speaks against it"


def _as_table(text: str, table: str) -> float:
    """Return whether the table is named after a column: churn in telco_churn."""
    own = {singular(word) for word in words(table) if len(word) > 3}  # noqa: PLR2004 shorter ones agree by chance
    mine = {singular(word) for word in text.split("_") if len(word) > 3}  # noqa: PLR2004
    return len(own & mine) / len(mine) if mine else 0.0


def _stems(columns: Iterable[str]) -> Counter[str]:
    return Counter(_SERIES.sub("#", name) for name in columns)


def _in_series(name: str, columns: tuple[str, ...]) -> float:
    pattern = _SERIES.sub("#", name)
    return float("#" in pattern and _stems(columns)[pattern] >= 3)  # noqa: PLR2004 two are a pair


def _out_of_series(name: str, columns: tuple[str, ...]) -> float:
    """Return the share of the other columns that are a numbered series to which this one does not belong."""
    stems = _stems(columns)
    if stems[_SERIES.sub("#", name)] > 1 and "#" in _SERIES.sub("#", name):
        return 0.0
    numbered = sum(count for stem, count in stems.items() if "#" in stem and count >= 3)  # noqa: PLR2004
    return numbered / max(1, len(columns) - 1)
