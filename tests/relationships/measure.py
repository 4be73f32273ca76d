"""Scores of keys and relationships on the sets of ../shared/data: python tests/relationships/measure.py."""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from data_sets import DataSet, multi_table_sets, read_set

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.model import Schema

Edge = tuple[str, tuple[str, ...], str, tuple[str, ...]]


def edge(child, columns, parent, keys) -> Edge:
    pairs = sorted(zip(columns, keys, strict=True))
    return child, tuple(pair[0] for pair in pairs), parent, tuple(pair[1] for pair in pairs)


def edges_of(schema: Schema) -> set[Edge]:
    return {edge(r.child, r.child_columns, r.parent, r.parent_columns) for r in schema.relationships}


def true_edges(truth, *kinds: str) -> set[Edge]:
    return {
        edge(fk["child"], fk["child_columns"], fk["parent"], fk["parent_columns"])
        for fk in truth["foreign_keys"]
        if not kinds or fk["kind"] in kinds
    }


def main() -> None:
    hit = miss = false = keys = right = exact = 0
    for name in multi_table_sets():
        with tempfile.TemporaryDirectory() as folder:
            data: DataSet = read_set(name, Path(folder))
            start = time.perf_counter()
            schema = find_schema(data.tables, data.profiles)
            seconds = time.perf_counter() - start
            found = edges_of(schema)
            wanted = true_edges(data.truth, "declared", "one_to_one")
            known = true_edges(data.truth, "declared", "one_to_one", "natural", "group_key")
            hit += len(found & wanted)
            miss += len(wanted - found)
            false += len(found - known)
            exact += not (wanted - found) and not (found - known)
            print(f"== {name}: {len(found & wanted)}/{len(wanted)} found, {len(found - known)} false, {seconds:.2f} s")
            for missing in sorted(wanted - found):
                print("   missing", missing)
            for wrong in sorted(found - known):
                print("   false  ", wrong, next(r for r in schema.relationships if edge(r.child, r.child_columns, r.parent, r.parent_columns) == wrong).evidence)
            for natural in sorted(known - wanted - found):
                print("   (natural not found)", natural)
            for table, meta in data.truth["tables"].items():
                if meta.get("primary_key"):
                    keys += 1
                    right += set(schema.key_of(table)) == set(meta["primary_key"])
                    if set(schema.key_of(table)) != set(meta["primary_key"]):
                        print("   key", table, schema.key_of(table), "instead of", meta["primary_key"])
                elif schema.key_of(table):
                    print("   key", table, schema.key_of(table), "instead of none")
    p, r = hit / max(1, hit + false), hit / max(1, hit + miss)
    print(f"precision {p:.3f}, recall {r:.3f}, F1 {2 * p * r / (p + r):.3f}; exact sets {exact}; keys {right}/{keys}")


if __name__ == "__main__":
    main()
