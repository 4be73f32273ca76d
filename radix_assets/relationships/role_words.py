"""Words in names of columns that say what a row is to another: who did it, from where, to whom."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PEOPLE = _set("""
    employee staff worker person people user member agent contact account operator officer physician doctor nurse
    teacher technician ranger chemist trainer driver clerk inspector developer admin administrator servant author
    customer client waiter investigator observer volunteer handler assessor personnel personal mitarbeiter
    sachbearbeiter bearbeiter benutzer kunde angestellte empleado usuario cliente employe utilisateur agente
    lecturer professor student player pilot crew captain judge analyst engineer manager taster referee
    scientist researcher trader member borrower reader holder guest tenant resident pupil coach artist buyer seller
    courier rider passenger traveller voter donor patron subscriber participant nurse candidate applicant learner
    owner holder caregiver midwife surgeon therapist dentist vet lawyer editor curator librarian farmer fisher
    eigenaar klant werknemer medewerker bewoner leerling docent huurder fahrer techniker schueler lehrer arzt aerzte
    arbeiter eigentuemer mieter personne adherent eleve enseignant medecin pessoa aluno funcionario medico paciente
    pasajero conductor chofer socio vendedor vendedore comprador propietario profesor alumno tecnico trabajador
    trabajadore persona mecanico autor paziente dipendente utente medici
""")
"""Words of tables whose rows are people."""
_PLACES = _set("""
    airport station stop port city location place node site zone warehouse address branch depot store area region
    terminal hub facility gare ville ort stadt knoten haltestelle estacion ciudad
""")
_ADDRESSES = _set("address location addr adresse anschrift direccion site customer party")
_COMPANIES = _set("""
    company party customer client supplier vendor partner organization organisation bank firm corporation enterprise
    agency institution business carrier manufacturer merchant dealer provider operator publisher brand firma empresa
    unternehmen societe entreprise lieferant fournisseur proveedor azienda bedrijf
""")
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
    """
    shipper consignee notify payer payee sold owner operator carrier issuer contractor sponsor acquirer lessor lessee
    insurer manufacturer maker vendor supplier producer employer
    """: _COMPANIES,
    "home away winner loser opponent": _set("team player club"),
}
ROLES = {
    word: frozenset().union(*(tables for words, tables in _PLAYERS.items() if word in words.split()))
    for word in " ".join(_PLAYERS).split()
}
"""The tables that a role usually refers to."""
DOES = frozenset(word for words, tables in _PLAYERS.items() if tables is PEOPLE for word in words.split())
"""Roles of people."""
NO_AGENTS = _set("""
    number quarter floor color colour factor error semester trimester order parameter meter letter cluster layer
    counter power corner water master door sensor monitor indicator sector vector motor order register folder header
    center centre diameter perimeter filter router server tower finger winter summer november december chapter
    paper offer other tier folder container trailer transformer computer printer adapter weather matter member_number
    variant constant amount percentant grant quadrant elephant restaurant plant
""")
"""Words that end as those for people who do something, but are things."""
ORDINALS = _set("""
    month week day year quarter hour minute weekday season semester term round lap stage phase level floor rank grade
    version revision period slot row column page seat inning leg shift age monat woche tag jahr mes semana dia ano mois
    semaine jour annee
""")
"""Words that, with a word for a number, count within something and refer to no table: `month_no`."""
SELF = _set("""
    parent report manager supervisor superior boss previous prev ancestor dam sire mother father predecessor successor
    reply vorgesetzter vorgesetzte padre parente jefe chef chefe leiter leiterin gestor responsable superieur capo
    head mere madre mae pai pere mutter vater uebergeordnet superordinate
""")
"""Roles of rows of the same table."""
DOERS = _set("by von par durch por")
"""Last words of columns that say who did something: `approved_by`."""
WRAPPING = _set("tbl tb tab table t dim d fact fct f lkp lookup mst master stg stage raw src vw view ref")
"""Words around a table's name that say of what kind it is."""
ENDINGS = _set("s es n en e er x nen")
"""Endings of plurals in other languages than English."""
