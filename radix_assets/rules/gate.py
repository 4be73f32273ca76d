"""The gate of the rules: a batch that breaks a blocking rule waits for a person, or for better data."""

from pathlib import Path

from radix_assets.project.settings import Project
from radix_assets.rules.acceptances import accepted_batches
from radix_assets.rules.schema import RuleResults, load_results


def waiting_for_rules(project: Project, snapshot: Path | None) -> str | None:
    """Return what a user must do before the data of a snapshot of rules are used; None if nothing."""
    if snapshot is None:
        return None
    results = load_results(snapshot)
    return None if not results.batch or results.batch in accepted_batches(project.folder) else _wish(project, results)


def _wish(project: Project, results: RuleResults) -> str:
    first, *others = results.blocking
    rows = f"{first.broken:,} of {first.checked:,} rows break" if first.broken else "the new data break"
    note = f" ({first.note})" if first.note else ""
    more = f", and {len(others)} more are broken" if others else ""
    return (
        f"{rows} the rule `{first.text}`{note}{more}. The whole batch is set aside, and what serves stays as it is. "
        f"Correct the source, change the rule in tags.yaml, or accept this batch: radix approve {project.name} --batch"
    )
