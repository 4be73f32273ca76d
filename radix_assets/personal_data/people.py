"""Detect columns of people's names without a clear header: `name`, `assigned_to`, `Column3`."""

import re
from dataclasses import dataclass

from radix_assets.personal_data.context import Context, names_creators, names_things
from radix_assets.personal_data.forms import TITLE
from radix_assets.personal_data.lexicon import PERSON, joined, spelled_out
from radix_assets.personal_data.names import name_share, single_share
from radix_assets.personal_data.values import share, words_each

_BARE = re.compile(
    r"e?names?|nombres?|noms?|nome|naam|jmeno|imie|namn|navn|nimi|ad|isim|имя|наименование|名称|名字|名前"
)
_ROLE = re.compile(
    rf"(?:{PERSON})s?|\w+_by|(?:assigned|reported|sold|issued|addressed)_to|\w*(?:author|owner)\w*|signature|"
    rf"assignee|approver|submitter|handler|operator|inspector|technician|sales_?(person|rep|man)|representative|"
    rf"broker|trainer|mentor|sachbearbeiter|bearbeiter|ansprechpartner|vendedor|vendeur|responsable|responsabile|"
    rf"verkaufer|"
    rf"incharge|poc"
)
_CRYPTIC = re.compile(
    r"(?:unnamed|col|column|columns|field|var|variable|v|c|x|f|attr|attribute|value|data|\d+|"
    r"[a-z])(?:_?\d+)*(?:_\d+)*|"
)
_OTHER = frozenset(
    re.findall(
        r"\w+",
        "title song album track movie film book game show series episode city town state province country region "
        "county district street road address location place area neighborhood suburb borough team club league species "
        "genus product brand model make category type description comment text note notes subject topic headline "
        "question answer event race tournament award color colour material cuisine dish recipe drink food crop "
        "disease drug vessel ship boat aircraft plane building house monument river lake mountain mount island "
        "language currency industry sector department job position role occupation profession degree major course "
        "program programme status reason label tag tags class family order group kingdom style genre theme file path "
        "url link domain sentence word token character ciudad ville stadt ort cidade titel titre titulo titolo "
        "produkt producto marke marca animal pet horse dog cat sire dam variety cultivar strain storm hurricane "
        "cyclone character avatar hero villain role part locality site room hall suite dish wine beer spirit cocktail "
        "menu guild clan house squad weapon model vehicle car bike train engine ship tool device instrument label "
        "designer fashion perfume toy doll font school hospital church clinic restaurant hotel shop cafe bar bank "
        "brand syndrome syndromes disorder condition sign theorem law rule test method treaty act bill prize medal "
        "trophy cup campaign project program operation mission planet star moon crater comet asteroid satellite "
        "mineral gem stone rock rose flower plant tree bird fish insect butterfly common vernacular taxon training "
        "trainings office branch station stop line route airport port level map zone world quest card deck game "
        "suburb precinct parish ward constituency wahlkreis commune gemeinde kreis landkreis bundesland departement "
        "provincia municipio estado pais pays land via calle rua strasse street mannschaft verein equipe squadra "
        "equipo time sorte rasse tierart art especie espece specie pflanze vogel schiff navire barco nave hotelname "
        "restaurantname carrier supplier merchant counterparty issuer fund security company",
    )
)


@dataclass(frozen=True)
class Named:
    """The finding that a column holds names of people."""

    evidence: str
    confidence: float


def found_names(  # noqa: PLR0911 one for each kind of evidence
    name: str, values: list[str], context: Context
) -> Named | None:
    """Return whether a column names people, judged by its values and the other columns."""
    parts = set(spelled_out(name).split("_"))
    role = _ROLE.fullmatch(spelled_out(name))
    if not values or (context.of_animals and not role) or words_each(values) > 5:  # noqa: PLR2004 a text
        return None
    creators = names_creators(name)
    if names_things(name) or (parts & _OTHER) or (creators and not context.kinds & {"email", "user name", "phone"}):
        return None
    bare, cryptic = _BARE.fullmatch(joined(name)), _CRYPTIC.fullmatch(joined(name))
    if (bare or cryptic) and len(values) > 1 and share(values, TITLE.search) > 0.3:  # noqa: PLR2004
        return Named("values sampled carry a title of persons", 0.93)
    if bare:
        return _bare_name(values, context)
    full = name_share(values)
    if (creators or role) and full >= 0.4:  # noqa: PLR2004
        return Named(f"named for a person; {full:.0%} of the values sampled read as names", 0.85)
    distinct = len(set(values))
    if distinct > 2 and full >= (0.7 if cryptic else 0.8) and not context.of_things:  # noqa: PLR2004
        return Named(f"{full:.0%} of the values sampled read as names of persons", 0.85 if cryptic else 0.7)
    if cryptic and distinct >= 10 and single_share(values) >= 0.9:  # noqa: PLR2004
        return Named("nine of ten values sampled are known given or family names", 0.7)
    return None


def _bare_name(values: list[str], context: Context) -> Named | None:
    if context.of_things or share(values, str.isdigit) >= 0.5:  # noqa: PLR2004
        return None
    if context.of_people:
        return Named("a name in a table of people", 0.9)
    full = name_share(values)
    if context.persons and max(full, single_share(values)) >= 0.3:  # noqa: PLR2004
        return Named("a name beside other personal data", 0.85)
    if len(set(values)) > 2 and full >= 0.6 and not context.thing_columns:  # noqa: PLR2004
        return Named(f"{full:.0%} of the values sampled read as names of persons", 0.75)
    return None
