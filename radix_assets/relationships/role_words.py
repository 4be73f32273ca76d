"""Words in names of columns that say what a row is to another: who did it, from where, to whom."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PEOPLE = _set("""
    employee staff worker person people user member agent contact account operator officer physician doctor nurse
    teacher technician ranger chemist trainer driver clerk inspector developer admin administrator servant author
    customer client waiter investigator observer volunteer handler assessor personnel personal mitarbeiter
    sachbearbeiter bearbeiter benutzer kunde angestellte empleado usuario cliente employe utilisateur agente
    lecturer professor student player pilot crew captain judge analyst engineer manager taster referee
""")
"""Words of tables whose rows are people."""
_PLACES = _set("""
    airport station stop port city location place node site zone warehouse address branch depot store area region
    terminal hub facility gare ville ort stadt knoten haltestelle estacion ciudad
""")
_ADDRESSES = _set("address location addr adresse anschrift direccion site customer party")
_COMPANIES = _set("company party customer client supplier vendor partner organization")
_PLAYERS = {
    """
    rep manager mgr supervisor boss lead leader head mentor report salesperson technician assignee assigned approver
    superior attending inspector vorgesetzter vorgesetzte responsable jefe chef scorer operator dean author creator
    owner sender receiver recipient buyer seller reviewer poster created updated uploader
    """: PEOPLE,
    """
    origin dest destination departure arrival arrivee depart from to source pickup dropoff start end return home von
    nach base
    """: _PLACES,
    "ship bill deliver delivery billing shipping invoice mailing": _ADDRESSES,
    "shipper consignee notify payer payee sold": _COMPANIES,
    "home away winner loser opponent": _set("team player club"),
}
ROLES = {word: tables for words, tables in _PLAYERS.items() for word in words.split()}
"""The tables that a role usually refers to; of a word in two lists, the last."""
SELF = _set("""
    parent report manager supervisor superior boss previous prev ancestor dam sire mother father predecessor successor
    reply vorgesetzter vorgesetzte padre parente
""")
"""Roles of rows of the same table."""
DOERS = _set("by von par durch por")
"""Last words of columns that say who did something: `approved_by`."""
WRAPPING = _set("tbl tb tab table t dim d fact fct f lkp lookup mst master stg stage raw src vw view ref")
"""Words around a table's name that say of what kind it is."""
ENDINGS = _set("s es n en e er x nen")
"""Endings of plurals in other languages than English."""
