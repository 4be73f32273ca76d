import pytest

from radix_assets.project.settings import Project
from radix_assets.relationships.schema import Relationship, Schema
from radix_assets.relationships.trust import TRUSTED
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions, TableSuggestion
from radix_assets.tags.unconfirmed import accepted_part


def link(name: str, confidence: float) -> Relationship:
    return Relationship(
        child="orders", child_columns=[name], parent="shops", parent_columns=["id"], confidence=confidence
    )


def column(kind: str) -> ColumnSuggestion:
    return ColumnSuggestion(role="foreign_key", role_confidence=0.5, type=kind, type_confidence=0.9, evidence="points")


LINKS = Schema(
    primary_keys=[], relationships=[link("shop", 0.97), link("visits", TRUSTED - 0.01), link("code", TRUSTED - 0.3)]
)
ORDERS = TableSuggestion(
    columns={"shop": column("not-generalizable"), "visits": column("numeric"), "code": column("not-generalizable")}
)
WHOLE = Suggestions(tables={"orders": ORDERS})


def project(policy: str) -> Project:
    sources = [{"table": "orders", "path": "orders.csv"}]
    return Project.model_validate({"name": "shop", "sources": sources, "policy": {"tags": policy}})


@pytest.mark.parametrize("asked", [None, "human"])
def test_a_person_sees_every_relationship(asked):
    assert accepted_part(project(asked) if asked else None, WHOLE, LINKS) == (WHOLE, LINKS)


def test_without_a_person_doubtful_links_are_left_out_and_their_columns_learnt_from_if_they_can_be():
    suggestions, schema = accepted_part(project("auto"), WHOLE, LINKS)
    assert [item.child_columns for item in schema.relationships] == [["shop"]]
    roles = {name: item.role for name, item in suggestions.tables["orders"].columns.items()}
    assert roles == {"shop": "foreign_key", "visits": "feature", "code": "ignore"}
    assert (
        f"{TRUSTED - 0.01:.0%} is less than the {TRUSTED:.0%}"
        in suggestions.tables["orders"].columns["visits"].evidence
    )
    assert WHOLE.tables["orders"].columns["visits"].role == "foreign_key"
