"""Header words for personal data, in several languages.

A header's words are joined by `_` before they are matched, without accents and in lower case.
Sources: the General Data Protection Regulation of the EU, articles 4 and 9, for what is personal and sensitive;
the names of national numbers from their issuers.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from radix_assets.common.vocabulary import Sensitivity
from radix_assets.common.words import words

PERSON = (
    "customer|client|user|person|people|patient|employee|staff|member|student|pupil|passenger|guest|tenant|borrower|"
    "applicant|contact|driver|doctor|physician|nurse|teacher|donor|visitor|voter|respondent|participant|resident|"
    "citizen|worker|candidate|subscriber|cardholder|card_holder|manager|supervisor|household|consumer|buyer|owner|"
    "beneficiary|claimant|insured|policyholder|caller|recipient|sender|attendee|guardian|parent|spouse|child|victim|"
    "suspect|offender|inmate|player|athlete|coach|referee|instructor|professor|lecturer|agent|officer|requester|"
    "reporter|"
    "account_holder|surveyor|enumerator|interviewer|interviewee|landlord|lawyer|attorney|volunteer|"
    "candidato|titular|beneficiario|propietario|proprietario|motorista|medico|profesor|docente|estudiante|conducente|"
    "chauffeur|proprietaire|beneficiaire|candidat|inhaber|antragsteller|bewerber|patientin|schuler|lehrer|arzt|"
    "signatory|payee|payer|alumni|refugee|migrant|caregiver|kin|next_of_kin|consignee|observer|farmer|holder|signer|"
    "witness|registrant|tutor|traveler|traveller|crew|pilot|captain|nominee|lessee|lessor|debtor|creditor|defendant|"
    "plaintiff|judge|petitioner|complainant|"
    "kunde|kunden|mitarbeiter|benutzer|nutzer|schueler|patienten|personen|mitglied|mitglieder|fahrer|mieter|"
    "personne|utilisateur|employe|eleve|etudiant|adherent|usuario|cliente|empleado|paciente|persona|alumno|"
    "trabajador|utente|dipendente|paziente|studente|funcionario|aluno|pessoa|klant|klanten|medewerker|gebruiker|"
    "pacjent|klient|pracownik|uzytkownik|anvandare|kund|medarbejder|bruger|musteri|kullanici|hasta|calisan|"
    "клиент|клиенты|пациент|сотрудник|пользователь|客户|顾客|用户|员工|学生|患者|顧客|社員"
)
_PERSON_WORD = re.compile(rf"(?:{PERSON})(?:s|es|n|en|profiles?|data|info|list|details|records?)?")
HARMLESS = frozenset(
    re.findall(
        r"\w+",
        "id ids key count counts cnt flag is has type types kind status rate rates pct percent percentage ratio share "
        "score length len size sent opened opt verified valid template campaign model bucket group groups per avg "
        "mean median percentile total sum index rank range required growth currency changed updated modified deleted "
        "format domain provider risk service services plan policy category class level frequency limit fee fees "
        "visits version support supported allowed enabled subscription subscriptions lens min max minimum maximum "
        "anzahl typ art nombre_de numero_de count_of building buildings gap pay pairs rating ratings size duration "
        "time timestamp at on date datum balance amount expiry expires issued distance lap laps season track board "
        "check access url link result length quality method mode column field table paper newspaper from to "
        "expectancy source sources strength restaurants tax result results cost costs price prices discount allowance "
        "bonus rider benefit premium budget quota bounced bounce missing received proof match validated confirmed "
        "attempts consent alert optin optout charger reminder",
    )
)
"""Words beside a header's match that change its meaning: `email_count`, `phone_type`, `birth_rate`."""
AFTER_CONTACTS = frozenset(
    re.findall(
        r"\w+",
        "client app application program server system software code codes subject body marketing newsletter queue "
        "banking plugin brand make os pref preference channel",
    )
)
"""Words after a match of an e-mail address or a phone number that change its meaning: `mail_client`, `phone_code`."""
ABBREVIATIONS = {
    "cust": "customer", "emp": "employee", "empl": "employee", "stu": "student",
    "mbr": "member", "usr": "user", "frst": "first", "fst": "first", "lst": "last", "mdl": "middle", "nm": "name",
    "addr": "address", "adr": "address", "addrs": "address", "phn": "phone", "fon": "phone", "tlf": "phone",
    "nbr": "number",
    "dt": "date", "brth": "birth", "eml": "email", "acct": "account", "lic": "license", "licence": "license",
    "geb": "geburts", "prov": "provider", "ln": "line", "mob": "mobile", "appl": "applicant",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One kind of personal data and the headers that indicate it."""

    kind: str
    sensitivity: Sensitivity
    names: str
    """A pattern of words of a header."""
    values: str = "any"
    """The kind of values required for the header to be accepted; see `believable`."""
    context: str = "any"
    """any: in any table. unless_things: not in a table of organisations, places or animals. persons: only in a table
    that names people. identified: only in one that names people and has contact data. address: only beside an
    address or people. delivered: only beside an address."""
    confidence: float = 0.95
    excuses: frozenset[str] = frozenset()
    """Words of HARMLESS that do not change the meaning here."""

    @cached_property
    def header(self) -> re.Pattern[str]:
        """The pattern for the words of a header, joined by `_`. Compiled on first use: all take 0.3 seconds."""
        names = _plain(self.names)
        latin = rf"(?:^|_)(?:{names})(?=_|$)"
        foreign = "|".join(word for word in re.findall(r"[^|()?_]+", names) if not word.isascii())
        # Chinese and related scripts have no spaces: a word is matched within a longer one.
        return re.compile(f"{latin}|{foreign}" if foreign else latin)


_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ı": "i", "æ": "ae", "Æ": "AE", "œ": "oe", "ð": "d"}
)
"""Letters with a stroke, which Unicode does not decompose into letter and accent."""


def _plain(pattern: str) -> str:
    """Return a pattern's words without accents, as `joined` writes them."""
    return re.sub(r"[^\x00-\x7f]+", lambda match: "".join(words(match[0])), pattern.translate(_LETTERS))


def rule(  # noqa: D103 see Rule
    kind: str,
    sensitivity: Sensitivity,
    header: str,
    values: str = "any",
    context: str = "any",
    confidence: float = 0.95,
    excuses: str = "",
) -> Rule:
    return Rule(kind, sensitivity, header, values, context, confidence, frozenset(excuses.split()))


@lru_cache(maxsize=50_000)
def joined(name: str) -> str:
    """Return a header's words, joined by `_`."""
    return "_".join(words(name.translate(_LETTERS)))


@lru_cache(maxsize=50_000)
def spelled_out(name: str) -> str:
    """Return a header's words joined by `_`, with common database abbreviations expanded: `cust_nm`."""
    parts = words(name.translate(_LETTERS))
    if parts and parts[0] in {"pt", "pat"}:  # within a header it is a point, or a part
        parts = ("patient", *parts[1:])
    return "_".join(ABBREVIATIONS.get(word, word) for word in parts)


def of_persons(name: str) -> bool:
    """Return whether the name of a table or a column refers to people."""
    return any(_PERSON_WORD.fullmatch(word) for word in spelled_out(name).split("_"))
