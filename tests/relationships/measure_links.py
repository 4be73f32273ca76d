"""Scores of keys and relationships on the sets of ../shared/data: python tests/relationships/measure_links.py."""

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from shared_sets import DataSet, multi_table_sets, read_set

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.model import Schema

Edge = tuple[str, tuple[str, ...], str, tuple[str, ...]]


@dataclass
class Scores:
    hit: int = 0
    missed: int = 0
    false: int = 0
    keys: int = 0
    right: int = 0
    exact: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.hit / max(1, 2 * self.hit + self.missed + self.false)


def edge(child, columns, parent, keys) -> Edge:
    pairs = sorted(zip(columns, keys, strict=True))
    return child, tuple(pair[0] for pair in pairs), parent, tuple(pair[1] for pair in pairs)


def edges_of(schema: Schema) -> set[Edge]:
    return {edge(r.child, r.child_columns, r.parent, r.parent_columns) for r in schema.relationships}


def true_edges(truth, *kinds: str) -> set[Edge]:
    return {
        edge(fk["child"], fk["child_columns"], fk["parent"], fk["parent_columns"])
        for fk in truth["foreign_keys"]
        if fk["kind"] in kinds
    }


def score(data: DataSet, schema: Schema, scores: Scores) -> None:
    """The rule of TRUTH_SCHEMA.md: recall on declared and one_to_one, false is what is of no kind."""
    found = edges_of(schema)
    wanted = true_edges(data.truth, "declared", "one_to_one")
    known = true_edges(data.truth, "declared", "one_to_one", "natural", "group_key")
    scores.hit += len(found & wanted)
    scores.missed += len(wanted - found)
    scores.false += len(found - known)
    scores.exact += not (wanted - found) and not (found - known)
    scores.remarks += [f"missing {item}" for item in sorted(wanted - found)]
    scores.remarks += [f"false {item}" for item in sorted(found - known)]
    for table, meta in data.truth["tables"].items():
        key = schema.key_of(table)
        if meta.get("primary_key"):
            scores.keys += 1
            scores.right += set(key) == set(meta["primary_key"])
        if set(key) != set(meta.get("primary_key") or []):
            scores.remarks.append(f"key of {table} is {key} instead of {meta.get('primary_key')}")


def measure() -> Scores:
    scores = Scores()
    for name in multi_table_sets():
        with tempfile.TemporaryDirectory() as folder:
            data = read_set(name, Path(folder))
            score(data, find_schema(data.tables, data.profiles), scores)
    return scores


if __name__ == "__main__":
    result = measure()
    sys.stdout.write("\n".join(result.remarks) + f"\n{result.f1=:.3f} {result}\n")
