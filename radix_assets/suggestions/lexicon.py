"""What a header may say of a person, in several languages. A header's words are joined by `_` before they are matched.

Sources: the Union's General Data Protection Regulation, articles 4 and 9, for what is personal and what is sensitive;
the names of national numbers from their issuers.
"""

import re
from dataclasses import dataclass

from radix_assets.relationships.words import words
from radix_assets.suggestions.model import Sensitivity

PERSON = (
    "customer|client|user|person|people|patient|employee|staff|member|student|pupil|passenger|guest|tenant|borrower|"
    "applicant|contact|driver|doctor|physician|nurse|teacher|donor|visitor|voter|respondent|participant|resident|"
    "citizen|worker|candidate|subscriber|cardholder|manager|supervisor|household|consumer|buyer|"
    "kunde|kunden|mitarbeiter|benutzer|nutzer|personne|utilisateur|salarie|usuario|cliente|empleado|paciente|persona|"
    "alumno|utente|dipendente|funcionario|klant|medewerker|pacjent|klient"
)
_PERSON_WORD = re.compile(rf"({PERSON})(s|es|n|en|profiles?|data|info)?")
_HARMLESS = frozenset(
    re.findall(
        r"\w+",
        "id key count counts cnt num number flag is has type kind status rate pct percent ratio share score length len "
        "size sent opened opt verified template campaign model code hash bucket group per avg mean total sum "
        "index rank",
    )
)


@dataclass(frozen=True)
class Rule:
    """One kind of personal datum and the headers that announce it."""

    kind: str
    sensitivity: Sensitivity
    header: re.Pattern[str]
    values: str = "any"
    """What the values must be for the header to be believed: any, text, digits, name, place or category."""


def _rule(kind: str, sensitivity: Sensitivity, header: str, values: str = "any") -> Rule:
    return Rule(kind, sensitivity, re.compile(rf"(?:^|_)(?:{header})(?=_|$)"), values)


RULES = (
    _rule("email", "personal", r"e_?mails?(_?(addr|address|adresse))?|mail_?(address|adresse)|correo(_electronico)?|"
          r"courriel|posta_elettronica|邮箱|电子邮件|メール", "text"),
    _rule("national id", "sensitive", r"ssn|social_security(_?(number|no|num))?|passport(_?(no|number|num|id))?|"
          r"national_?id(entity)?(_(no|number))?|nino|dni|cpf|curp|aadhaa?r|pesel|bsn|personnummer|nric|cnic|"
          r"tax_?(payer_)?id|steuer_?(id|nummer)|sozialversicherungsnummer|codice_fiscale|"
          r"drivers?_licen[cs]e(_(no|number))?|身份证", "digits"),
    _rule("bank account", "sensitive", r"iban|bank_?account(_?(no|number))?|account_?number|konto_?nummer", "digits"),
    _rule("credit card", "sensitive", r"(credit_?)?card_?(no|num|number)|credit_?card|cc_?(no|num|number)|ccn|cvv2?|"
          r"kreditkarten_?nummer|tarjeta_credito", "digits"),
    _rule("password", "sensitive", r"password|passwd|pwd|passwort|contrasena|mot_de_passe|secret", "text"),
    _rule("phone", "personal", r"(tele)?phone(_?(no|num|number|nr))?|tel(_?(no|nr|num|number))?|"
          r"(mobile|cell)_?(phone|no|number|num)?|cellphone|fax(_?(no|number))?|telefono?|handy_?nummer|celular|movil|"
          r"telefoon|电话|手机|電話", "digits"),
    _rule("date of birth", "personal", r"(date|day|year|month)_of_birth|dob|birth_?(date|day|year)?|brthdtc|yob|"
          r"geburts?_?(datum|tag|jahr)|(fecha|ano)_(de_)?nacimiento|date_(de_)?naissance|data_(di_)?nascita|"
          r"(data_(de_)?)?nascimento|geboorte_?datum|生日|出生"),
    _rule("person name", "personal", r"(first|last|full|middle|display|given|family|maiden|birth|legal)_?name|surname|"
          r"forename|nickname|[fl]name|vorname|nachname|familienname|nom_(de_)?famille|prenom|apellidos?|cognome|"
          r"sobrenome|nome_completo|voornaam|achternaam|imie|nazwisko|user_?name|screen_?name|login(_?name)?|"
          rf"(?:{PERSON})s?_?(first_?|last_?|full_?)?name|(mother|father|spouse|parent|maiden)s?_?name|"
          r"姓名|氏名|名前", "name"),
    _rule("ip address", "personal", r"ip(v[46])?(_?addr(ess)?)?|mac_addr(ess)?|imei|device_fingerprint", "digits"),
    _rule("number plate", "personal", r"(licen[cs]e|number|registration)_?plate(_(no|number))?|kennzeichen", "digits"),
    _rule("address", "personal", r"(street|home|postal|mailing|billing|shipping|ship|delivery|residential)_?"
          r"addr(ess)?(_?line)?(_?[123])?|addr(ess)?(_?line)?(_?[123])?|street(_?name)?|adresse|strasse|anschrift|"
          r"direccion|domicilio|indirizzo|endereco|adres|ulica|住所|地址", "place"),
    _rule("postal code", "personal", r"post(al)?_?code|zip(_?code)?|plz|postleitzahl|code_postal|codigo_postal|cep|"
          r"postnummer|邮编"),
    _rule("religion", "sensitive", r"religions?|religious(_\w+)?|faith|denomination|konfession|confession"),
    _rule("ethnic origin", "sensitive", r"race|ethnic(ity|_group|_origin)?|ethnie|etnia|raza|rasse|caste", "category"),
    _rule("health", "sensitive", r"diagnos[ei]s(_code)?|icd_?(9|10)?(_code)?|hiv(_status)?|disabilit(y|ies)|disabled|"
          r"mental_(health|illness)|medical_(history|condition|record)|illness|medications?|pregnant|pregnancy|"
          r"diagnose|diagnostico|behinderung"),
    _rule("opinion or private life", "sensitive", r"sexual(ity|_orientation)|political(_\w+)|party_affiliation|"
          r"trade_union(_\w+)?|union_member(ship)?|criminal_(record|history)|convictions?"),
)  # fmt: skip

INCOME = re.compile(r"(?:^|_)(salary|salaries|wages?|gehalt|salaire|salario|stipendio)(?=_|$)")
GEO = re.compile(r"(?:^|_)(lat|latitude|lon|lng|long|longitude|geo|gps|coordinates?)(?=_|$)")
BARE_NAME = re.compile(r"(name|names|nombre|nom|nome|naam|jmeno)")


def joined(name: str) -> str:
    """A header's words, joined by `_`."""
    return "_".join(words(name))


def of_persons(name: str) -> bool:
    """Whether a name, of a table or a column, speaks of people."""
    return any(_PERSON_WORD.fullmatch(word) for word in words(name))


def rule_of(name: str) -> tuple[Rule, bool] | None:
    """The first rule whose header matches, and whether the words around it speak against it (`email_count`)."""
    header = joined(name)
    for rule in RULES:
        match = rule.header.search(header)
        if match:
            rest = set((header[: match.start()] + "_" + header[match.end() :]).split("_"))
            return rule, bool(rest & _HARMLESS)
    return None
