"""Features from the first values of a column."""

import math
import re
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise

_STOPWORDS = (
    "a an and are as at be but by for from had has have he her his i in is it its not of on or our she that the "
    "their there they this to was we were what when which who will with you your"
)
STOPWORDS = frozenset(_STOPWORDS.split())
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MONTHS = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_NULL = re.compile(
    r"#(n/?a|null|nil|none|nan|value|name|ref|div/0)[!?]?|n/a|nan|null|no data|undefined|"
    r"not[_ ](found|available|applicable|specified|reported)|[-.?*_:]+",
    re.IGNORECASE,
)
_PATTERNS: dict[str, re.Pattern[str]] = {
    "integer": re.compile(r"[+-]?\d+"),
    "decimal": re.compile(r"[+-]?\d*\.\d+"),
    "exponent": re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+"),
    "leading_zero": re.compile(r"0\d+"),
    "negative": re.compile(r"-\s?[\d.,]+"),
    "thousands": re.compile(r"[-$€£]?\s?\d{1,3}(,\d{3})+(\.\d+)?"),
    "money": re.compile(r"[-(]?\s?[$€£¥₹]\s?[\d.,]+\)?\s?[kKmMbB]?.*|[\d.,]+\s?([$€£¥₹]|usd|eur|gbp)", re.IGNORECASE),
    "percent": re.compile(r"[<>~]?[+-]?[\d.,]+\s?%"),
    "number_unit": re.compile(r"[<>~=+-]{0,2}\s?[\d.,]+\s?[^\W\d_]{1,12}\.?"),
    "unit_number": re.compile(r"[^\W\d_]{1,5}\.?\s?[\d.,]+"),
    "number_range": re.compile(r"[<>$]?\s?[\d.,]+[kKmM%]?\s?(-|–|to|/|x|\*)\s?[$]?[\d.,]+\s?\w{0,8}\+?", re.IGNORECASE),
    "compare": re.compile(
        r"[<>≤≥~=]+\s?[$]?[\d.,]+.*|[\d.,]+\+|(under|over|less|more|at least|up to)\b.*\d.*", re.IGNORECASE
    ),
    "date_iso": re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?"),
    "date_slash": re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})([ T].*)?"),
    "date_words": re.compile(
        rf"((mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(\d{{1,2}}(st|nd|rd|th)?[-\s/.]*{_MONTHS}|{_MONTHS}[-\s/.]*\d{{1,2}}"
        rf"|{_MONTHS}[-\s/.,]*\d{{2,4}}|\d{{4}}[-\s]{_MONTHS}).*",
        re.IGNORECASE,
    ),
    "date_compact": re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{4,6})?"),
    "year": re.compile(r"(1[6-9]|20)\d{2}"),
    "year_month": re.compile(r"(19|20)\d{2}[-/ ]?(0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-/](19|20)\d{2}"),
    "time": re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s?([ap]\.?m\.?)?", re.IGNORECASE),
    "epoch": re.compile(r"1[0-6]\d{8}(\d{3})?"),
    "url": re.compile(r"(https?|ftp)://\S+|www\.\S+", re.IGNORECASE),
    "domain": re.compile(r"([\w-]+\.)+(com|org|net|edu|gov|io|co|uk|de|fr|info|ru|in|br)(/\S*)?", re.IGNORECASE),
    "path": re.compile(r"/[\w./%?=&-]+|[\w-]+\.(jpe?g|png|gif|csv|txt|pdf|html?|dcm|wav|mp3)", re.IGNORECASE),
    "email": re.compile(r"\S+@\S+\.\w+"),
    "hex": re.compile(r"(?=.*\d)(?=.*[a-fA-F])[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-.*"),
    "alphanumeric": re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]+"),
    "dashed": re.compile(r"(?=.*\d)[\w]+([-/._:#][\w]+)+"),
    "upper_code": re.compile(r"[A-Z]{1,5}"),
    "one_char": re.compile(r"."),
    "one_word": re.compile(r"[^\W\d_]+"),
    "two_names": re.compile(r"[A-Z][\w.'’-]+( [A-Z]\.?)?( [A-Z][\w.'’-]+){1,2}"),
    "names_comma": re.compile(r"[A-Z][\w'’-]+, [A-Z][\w.'’ -]+"),
    "address": re.compile(
        r"\d+[\w-]*\s+([\w.]+\s){0,4}[\w.]+.*|.*\b(st|street|ave|avenue|rd|road|blvd|dr|drive|suite|floor|po box)\b.*",
        re.IGNORECASE,
    ),
    "point": re.compile(r"[(\[]?-?\d{1,3}\.\d{3,}[,;\s]+-?\d{1,3}\.\d{3,}[)\]]?|point\s?\(.*", re.IGNORECASE),
    "bracketed": re.compile(r"[\[{(].*[\]})]?", re.DOTALL),
    "json": re.compile(r"\[?\{.*['\"]?\w+['\"]?\s?:.*", re.DOTALL),
    "yes_no": re.compile(
        r"(y|n|yes|no|true|false|t|f|male|female|m|none|null|n/?a|na|unknown|not_found|[-?.*]+|#\w+[!?])", re.IGNORECASE
    ),
    "question": re.compile(r".*[?]\s*", re.DOTALL),
    "ends_stop": re.compile(r".*[.!]\s*", re.DOTALL),
    "geo_dms": re.compile(r"\d{2,5}\.?\d*\s?°?\s?[NSEW]|[NSEW]\s?\d{1,3}.*"),
    "phone": re.compile(r"(\+\d{1,3}[\s-]?)?[(]?\d{3}[)]?[\s.-]\d{3}[\s.-]?\d{4}"),
    "ordinal": re.compile(r"\d+(st|nd|rd|th)", re.IGNORECASE),
    "overflow": re.compile(r"#{3,}"),
    "list_brackets": re.compile(r"\[.*,.*|\{.*,.*|\[['\"\[].*|\[\]", re.DOTALL),
    "list_numbers": re.compile(r"[\[(]*-?\d[\d.]*(\s?[;,|]\s?-?\d[\d.]*)+.*", re.DOTALL),
    "list_commas": re.compile(r"[^,.!?]{1,40}(?:,[^,.!?]{1,40})+"),
    "list_marks": re.compile(r"[^;|]{1,60}([;|][^;|]{0,60})+"),
    "decimal_comma": re.compile(r"-?\d+,\d{1,2}|-?\d+,\d{4,}"),
    "clock_fraction": re.compile(r"\d{1,2}:\d{2}(:\d{2})?\.\d+"),
    "span": re.compile(r"(19|20)\d{2}\s?[-/–]\s?((19|20)?\d{2})"),
    "ago": re.compile(r"(about )?(an?|\d+)\s(second|minute|hour|day|week|month|year)s?\b.*", re.IGNORECASE),
    "foreign": re.compile(r".*[^\x00-\x7f].*", re.DOTALL),
    "digits_text": re.compile(r"(?=.*\d)(?=.*[A-Za-z]).*\s.*", re.DOTALL),
}
_COUNTED: dict[str, Callable[[str], float]] = {
    "length": len,
    "words": lambda text: len(text.split()),
    "digits": lambda text: sum(1 for char in text if char.isdigit()) / max(1, len(text)),
    "letters": lambda text: sum(1 for char in text if char.isalpha()) / max(1, len(text)),
    "uppers": lambda text: sum(1 for char in text if char.isupper()) / max(1, len(text)),
    "marks": lambda text: sum(1 for char in text if not char.isalnum() and not char.isspace()) / max(1, len(text)),
    "commas": lambda text: text.count(","),
    "semicolons": lambda text: text.count(";"),
    "pipes": lambda text: text.count("|"),
    "slashes": lambda text: text.count("/"),
    "dashes": lambda text: text.count("-"),
    "colons": lambda text: text.count(":"),
    "stops": lambda text: text.count("."),
    "quotes": lambda text: text.count('"') + text.count("'"),
    "braces": lambda text: sum(text.count(char) for char in "[]{}()"),
    "underscores": lambda text: text.count("_"),
    "at": lambda text: text.count("@"),
    "lines": lambda text: text.count("\n"),
    "stopwords": lambda text: sum(1 for word in text.lower().split() if word in STOPWORDS),
    "word_length": lambda text: max((len(word) for word in text.split()), default=0),
    "digit_runs": lambda text: len(re.findall(r"\d+", text)),
    "capital_words": lambda text: sum(1 for word in text.split() if word[:1].isupper()) / max(1, len(text.split())),
}
_NAMES = "numeric integral sorted falling consecutive first min max spread steps round ten small zero_one decimals"
_FEW = 10
MOST = 400
"""Characters of a value that are used."""
SAMPLES = 5
"""Values that are used."""


def is_null_token(text: str) -> bool:
    """Return whether a value is a null marker, such as `#NULL!` or a single dash."""
    return bool(_NULL.fullmatch(text.strip()))


def numbers_of(samples: Sequence[str]) -> list[float]:
    """Return the samples that are plain numbers."""
    numbers = [float(text) for text in samples if _NUMBER.fullmatch(text.strip())]
    return [number for number in numbers if math.isfinite(number)]


def value_features(samples: Sequence[str]) -> dict[str, float]:
    """Return features for the patterns of values."""
    texts = [text.strip()[:MOST] for text in samples[:SAMPLES]]
    count = len(texts)
    features: dict[str, float] = {"value_count": count, "value_distinct": len(set(texts))}
    for kind, pattern in _PATTERNS.items():
        features[f"value_is_{kind}"] = (
            sum(1 for text in texts if pattern.fullmatch(text)) / count if count else math.nan
        )
    for kind, counted in _COUNTED.items():
        counts = [counted(text) for text in texts]
        features[f"value_{kind}_mean"] = statistics.fmean(counts) if counts else math.nan
        features[f"value_{kind}_spread"] = statistics.pstdev(counts) if counts else math.nan
        if kind in {"length", "words", "commas"}:
            features[f"value_{kind}_min"] = min(counts, default=math.nan)
            features[f"value_{kind}_max"] = max(counts, default=math.nan)
    features["value_list_items"] = max((len(re.findall(r"[,;|]", text)) for text in texts), default=0)
    features["value_list_even"] = float(len({len(re.findall(r"[,;|]", text)) for text in texts}) == 1)
    features["value_initial"] = len({text[:1] for text in texts}) / max(1, count)
    features["value_prefix"] = _shared(texts) / max(1, min(map(len, texts), default=1))
    features["value_suffix"] = _shared([text[::-1] for text in texts]) / max(1, min(map(len, texts), default=1))
    features["value_same_length"] = float(len({len(text) for text in texts}) == 1) if count else math.nan
    features["value_sorted"] = float(texts == sorted(texts)) if count else math.nan
    shared = [word for text in texts for word in set(re.findall(r"[^\W\d_]+", text.lower()))]
    features["value_shared_word"] = max((shared.count(word) for word in set(shared)), default=0) / max(1, count)
    features["value_shapes"] = len({shape(text) for text in texts}) / max(1, count)
    features |= _of_numbers(numbers_of(texts), count)
    return features


def _shared(texts: list[str]) -> int:
    """Return the length of the common prefix."""
    length = 0
    for chars in zip(*texts, strict=False):
        if len(set(chars)) > 1:
            break
        length += 1
    return length


def _of_numbers(numbers: list[float], count: int) -> dict[str, float]:
    features = dict.fromkeys((f"number_{name}" for name in _NAMES.split()), math.nan)
    features["number_numeric"] = len(numbers) / max(1, count)
    if not numbers:
        return features
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    features |= {
        "number_integral": sum(1 for number in numbers if number.is_integer()) / len(numbers),
        "number_sorted": float(all(step >= 0 for step in steps)),
        "number_falling": float(all(step <= 0 for step in steps)),
        "number_consecutive": sum(1 for step in steps if step == 1) / max(1, len(steps)),
        "number_first": signed_log(numbers[0]),
        "number_min": signed_log(min(numbers)),
        "number_max": signed_log(max(numbers)),
        "number_spread": signed_log(max(numbers) - min(numbers)),
        "number_steps": len(set(steps)) / max(1, len(steps)),
        "number_round": sum(1 for number in numbers if number % 10 == 0) / len(numbers),
        "number_ten": sum(1 for number in numbers if number % 5 == 0) / len(numbers),
        "number_small": sum(1 for number in numbers if 0 <= number <= _FEW and number.is_integer()) / len(numbers),
        "number_zero_one": sum(1 for number in numbers if number in {0, 1}) / len(numbers),
        "number_decimals": max(len(f"{number:.10g}".partition(".")[2]) for number in numbers),
    }
    return features


def signed_log(number: float) -> float:
    """Return the logarithm of the absolute value of a number, with its sign."""
    return math.copysign(math.log1p(abs(number)), number)


def shape(text: str) -> str:
    """Return the pattern of a value: `Aa9-` for `Room12-`, each run of one kind once, with its length class."""
    out: list[str] = []
    last, run = "", 0
    for char in text[:60] + "\0":
        kind = _kind(char)
        if kind != last:
            if last:
                out.append(last + (str(min(run, 4)) if last in "9Aa" else ""))
            last, run = kind, 0
        run += 1
    return "".join(out)


def _kind(char: str) -> str:
    if char.isdigit():
        return "9"
    if char.isalpha():
        return "A" if char.isupper() else "a"
    return " " if char.isspace() else char
