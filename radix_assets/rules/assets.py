"""Stage definition of the rules: what must hold of every batch."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import slug
from radix_assets.rules.schema import KINDS, load_results
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.file import TagsFile, parse_tags, read_text
from radix_assets.tags_file.ledger import load_ledger
from radix_assets.tags_file.schema import Located
from radix_resources.errors import RadixError


def _file(work: Work) -> TagsFile | None:
    """Return the tags file as far as it can be read; None if there is none. Its mistakes are the tags' to report."""
    path = work.project.tags_path
    try:
        return parse_tags(read_text(path), path, load_ledger(path), Mistakes()) if path.exists() else None
    except RadixError:
        return None


def _compute(work: Work) -> Output:
    from radix_assets.profiles.load import load_profiles
    from radix_assets.rules.stage import make_rules

    profiles = load_profiles(work.profiles())
    raw = {table: path for table, path in work.raw().items() if table in profiles}
    versions = {table: work.inputs[f"raw/{slug(table)}"].data_version for table in raw}
    items = [Located(text, 0) for text in _suggested(work)]
    file = _file(work)
    if file is not None:
        items = file.rules or []
    seen = file.ledger.columns_seen if file else {}
    return make_rules(items, raw, profiles, versions, work.out, seen, _renamed(file))


def _renamed(file: TagsFile | None) -> dict[str, dict[str, str]]:
    """Return by table the old name of each column that a person said was renamed, and its new name."""
    renamed = {
        table: {line.was: name for name, line in block.columns.items() if line.was}
        for table, block in (file.tables if file else {}).items()
    }
    return {table: names for table, names in renamed.items() if names}


def _texts(work: Work) -> list[str]:
    """Return the rules of the tags file and the renamed columns; before there is a file, the rules suggested for it."""
    file = _file(work)
    if file is None:
        return _suggested(work)
    renamed = _renamed(file)
    return [rule.text for rule in file.rules or []] + ([repr(renamed)] if renamed else [])


def _suggested(work: Work) -> list[str]:
    if "suggestions" not in work.inputs or "relationships" not in work.inputs or work.project.tags_path.exists():
        return []
    from radix_assets.profiles.load import load_profiles
    from radix_assets.relationships.stage import load_schema
    from radix_assets.rules.suggest import suggest_rules
    from radix_assets.suggestions.stage import load_suggestions

    profiles = load_profiles(work.profiles(), work.raw())
    schema, suggestions = load_schema(work.input("relationships")), load_suggestions(work.input("suggestions"))
    return [rule.text for rule in suggest_rules(profiles, schema, suggestions)]


def _is_current(work: Work) -> bool:
    from radix_assets.rules.schema import is_due

    return work.previous is None or not is_due(load_results(work.tools.storage.path(work.previous)))


RULES = Stage(
    name="rules",
    description="What must hold of every batch of data, as written under `rules:` in `projects/{project}/tags.yaml`. "
    "A broken rule is a warning; if it blocks, the batch is set aside, and what serves stays as it is.",
    kinds=("polars",),
    deps=("raw", "profile", "relationships", "suggestions"),
    checks={str(kind): text for kind, text in KINDS.items()},
    compute=_compute,
    external_state=_texts,
    is_current=_is_current,
)
