import random

import polars as pl
import pytest
from scoring_sets import NAMES, published, total, with_nulls, with_orphans, worlds
from shared_sets import SHARED, write_set

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.schema import Schema
from radix_assets.relationships.stage import load_schema, make_relationships

RANDOM = random.Random(1)  # noqa: S311 data of tests


def running(rows: int) -> list[int]:
    return list(range(1, rows + 1))


def some(parent: int, rows: int, nulls: float = 0.0) -> list[int | None]:
    return [None if RANDOM.random() < nulls else RANDOM.randint(1, parent) for _ in range(rows)]


def measures(rows: int) -> list[float]:
    return [round(RANDOM.random() * 100, 3) for _ in range(rows)]


def found(tmp_path, tables: dict[str, dict[str, list]]) -> tuple[Schema, set[str]]:
    raw, profiles = write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, tmp_path / "raw")
    schema = find_schema(raw, profiles)
    return schema, {relationship.name for relationship in schema.relationships}


def test_surrogate_ids_that_overlap_are_linked_by_name(tmp_path):
    schema, links = found(
        tmp_path,
        {
            "Users": {
                "Id": running(300),
                "Reputation": some(5000, 300),
                "Views": some(250, 300),
                "UpVotes": some(90, 300),
            },
            "Posts": {
                "Id": running(1000),
                "PostTypeId": some(3, 1000),
                "ParentId": some(1000, 1000, 0.5),
                "OwnerUserId": some(300, 1000, 0.05),
                "Score": some(60, 1000),
            },
            "Votes": {"Id": running(3000), "PostId": some(1000, 3000), "VoteTypeId": some(15, 3000)},
        },
    )
    assert links == {"Posts.OwnerUserId -> Users.Id", "Posts.ParentId -> Posts.Id", "Votes.PostId -> Posts.Id"}
    assert {key.table: key.columns for key in schema.primary_keys} == {
        name: ["Id"] for name in ("Users", "Posts", "Votes")
    }


def test_prefixed_names_and_composite_keys_are_found(tmp_path):
    pairs = [(part, supplier) for part in running(100) for supplier in RANDOM.sample(running(20), 4)]
    lines = [(order, line, RANDOM.choice(pairs)) for order in running(400) for line in range(1, RANDOM.randint(3, 7))]
    schema, links = found(
        tmp_path,
        {
            "part": {"p_partkey": running(100), "p_size": some(50, 100), "p_price": measures(100)},
            "supplier": {"s_suppkey": running(20), "s_nation": some(25, 20), "s_balance": measures(20)},
            "partsupp": {
                "ps_partkey": [part for part, _ in pairs],
                "ps_suppkey": [supplier for _, supplier in pairs],
                "ps_cost": measures(400),
            },
            "lineitem": {
                "l_orderkey": [order for order, _, _ in lines],
                "l_partkey": [pair[0] for _, _, pair in lines],
                "l_suppkey": [pair[1] for _, _, pair in lines],
                "l_linenumber": [line for _, line, _ in lines],
                "l_quantity": some(50, len(lines)),
            },
        },
    )
    assert links == {
        "partsupp.ps_partkey -> part.p_partkey",
        "partsupp.ps_suppkey -> supplier.s_suppkey",
        "lineitem.l_partkey -> part.p_partkey",
        "lineitem.l_suppkey -> supplier.s_suppkey",
        "lineitem.(l_partkey, l_suppkey) -> partsupp.(ps_partkey, ps_suppkey)",
    }
    assert schema.key_of("partsupp") == ["ps_partkey", "ps_suppkey"]
    assert schema.key_of("lineitem") == ["l_orderkey", "l_linenumber"]


def test_shared_keys_point_from_the_extension_to_the_root(tmp_path):
    schema, links = found(
        tmp_path,
        {
            "loyalty": {"customer_id": RANDOM.sample(running(200), 80), "points": some(900, 80)},
            "customers": {"customer_id": running(200), "age": some(90, 200)},
            "orders": {"order_id": running(900), "customer_id": some(200, 900)},
        },
    )
    assert links == {"loyalty.customer_id -> customers.customer_id", "orders.customer_id -> customers.customer_id"}
    assert schema.relationships[0].cardinality == "one_to_one"


def test_a_few_orphans_are_tolerated_and_counted(tmp_path):
    schema, links = found(
        tmp_path,
        {
            "stores": {"store_id": running(50), "size": some(90, 50)},
            "sales": {"sale_id": running(1000), "store_id": [*some(50, 950), *range(900, 950)]},
        },
    )
    assert links == {"sales.store_id -> stores.store_id"}
    assert schema.relationships[0].coverage == pytest.approx(0.95)


def test_small_integers_are_not_keys(tmp_path):
    _, links = found(
        tmp_path,
        {
            "rooms": {"id": running(40), "beds": some(4, 40), "floor": some(9, 40)},
            "stays": {"id": running(500), "nights": some(20, 500), "guests": some(4, 500), "month": some(12, 500)},
        },
    )
    assert links == set()


def test_codes_are_linked_although_their_names_differ(tmp_path):
    codes = [f"{a}{b}{c}" for a in "ABCDE" for b in "FGHIJ" for c in "KLMNO"]
    _, links = found(
        tmp_path,
        {
            "places": {"iata": codes, "altitude": measures(125)},
            "trips": {"trip": running(600), "away": [RANDOM.choice(codes) for _ in range(600)], "seats": some(9, 600)},
        },
    )
    assert links == {"trips.away -> places.iata"}


def test_a_row_number_is_a_key_only_if_there_is_no_other(tmp_path):
    schema, _ = found(
        tmp_path,
        {
            "cities": {"rownames": running(30), "code": [f"c{n}" for n in range(30)], "size": some(9, 30)},
            "readings": {"rownames": running(300), "code": [f"c{n % 30}" for n in range(300)], "value": measures(300)},
        },
    )
    assert schema.key_of("cities") == ["code"]
    assert schema.key_of("readings") == ["rownames"]
    assert next(key for key in schema.primary_keys if key.table == "readings").confidence < 0.5


def test_a_key_with_a_few_duplicates_is_shown_with_its_flaw(tmp_path):
    tables = {"usage": {"usage_id": [*running(2998), 7, 8], "minutes": some(50, 3000)}}
    schema, _ = found(tmp_path, tables)
    assert schema.key_of("usage") == ["usage_id"]
    assert schema.primary_keys[0].duplicates == 2


def test_measures_and_texts_are_not_keys(tmp_path):
    schema, _ = found(tmp_path, {"t": {"price": [n + 0.5 for n in range(50)], "kind": ["a", "b"] * 25}})
    assert schema.primary_keys == []


@pytest.mark.parametrize("rows", [0, 1])
def test_tables_with_no_row_or_one_row_are_fine(tmp_path, rows):
    tables = {
        "orders": {"order_id": running(rows), "customer_id": running(rows), "note": [None] * rows},
        "customers": {"customer_id": running(rows), "name": ["x"] * rows},
        "empty": {},
    }
    schema, links = found(tmp_path, tables)
    assert schema.key_of("orders") == ["order_id"]
    assert links == {"orders.customer_id -> customers.customer_id"}


def test_odd_names_and_repeated_runs_change_nothing(tmp_path):
    tables = {
        'a "b".c': {"x.y": running(40), "$ {json: [1]}": some(9, 40), "": running(40), "列": ["é"] * 40},
        "line\nbreak": {"x.y": some(40, 90), "📦": measures(90)},
    }
    raw, profiles = write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, tmp_path / "raw")
    texts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        output = make_relationships(raw, profiles, tmp_path / name)
        texts.append((tmp_path / name / "schema.json").read_bytes())
    assert texts[0] == texts[1]
    assert load_schema(tmp_path / "one") == find_schema(raw, profiles)
    assert output.shown["relationships"] == 1
    assert 1000 < (tmp_path / "one" / "diagram.png").stat().st_size <= 60_000


def test_composite_references_are_found_under_other_names(tmp_path):
    pairs = [(part, place) for part in running(60) for place in RANDOM.sample(running(30), 6)]
    used = [RANDOM.choice(pairs) for _ in range(900)]
    tables = {
        "part": {"part_id": running(60), "weight": measures(60)},
        "stock": {"part_id": [p for p, _ in pairs], "shelf": [s for _, s in pairs], "amount": measures(360)},
        "picked": {
            "pick_id": running(900),
            "item_part_id": [p for p, _ in used],
            "taken_from": [s for _, s in used],
            "at": measures(900),
        },
    }
    schema, links = found(tmp_path, tables)
    assert schema.key_of("stock") == ["part_id", "shelf"]
    assert "picked.(item_part_id, taken_from) -> stock.(part_id, shelf)" in links


def test_similar_counters_are_not_a_composite_reference(tmp_path):
    lines = [(order, line) for order in running(300) for line in range(1, RANDOM.randint(2, 6))]
    paid = [(order, line) for order in running(300) for line in range(1, RANDOM.choice([2, 2, 2, 3]))]
    tables = {
        "orders": {"order_id": running(300), "total": measures(300)},
        "items": {"order_id": [o for o, _ in lines], "item_no": [n for _, n in lines], "price": measures(len(lines))},
        "payments": {"order_id": [o for o, _ in paid], "sequence": [n for _, n in paid], "sum": measures(len(paid))},
    }
    _, links = found(tmp_path, tables)
    assert links == {"items.order_id -> orders.order_id", "payments.order_id -> orders.order_id"}


def test_a_row_number_in_every_table_is_not_a_key_even_with_uninformative_names(tmp_path):
    codes = [f"{a}{b}{c}" for a in "ABCDE" for b in "FGHIJ" for c in "KLMNO"]
    tables = {
        "t1": {"c1": running(125), "c2": codes, "c3": measures(125)},
        "t2": {"c1": running(900), "c2": [RANDOM.choice(codes) for _ in range(900)], "c3": measures(900)},
        "t3": {"c1": running(500), "c2": [RANDOM.choice(codes) for _ in range(500)], "c3": some(9, 500)},
    }
    schema, links = found(tmp_path, tables)
    assert links == {"t2.c2 -> t1.c2", "t3.c2 -> t1.c2"}
    assert schema.key_of("t1") == ["c2"]


def test_integers_stored_as_floats_are_references_too(tmp_path):
    owners = [None if n % 5 == 0 else float(RANDOM.randint(1001, 1200)) for n in range(800)]
    tables = {
        "owners": {"owner_id": list(range(1001, 1201)), "age": some(90, 200)},
        "pets": {"pet_id": running(800), "owner_id": owners},
    }
    _, links = found(tmp_path, tables)
    assert links == {"pets.owner_id -> owners.owner_id"}


def test_several_columns_may_point_to_one_parent(tmp_path):
    tables = {
        "addresses": {"address_id": running(200), "street": [f"street {n}" for n in range(200)]},
        "orders": {
            "order_id": running(900),
            "billing_address_id": some(200, 900),
            "shipping_address_id": some(200, 900, 0.1),
        },
    }
    _, links = found(tmp_path, tables)
    assert links == {
        "orders.billing_address_id -> addresses.address_id",
        "orders.shipping_address_id -> addresses.address_id",
    }


def test_groups_that_are_unique_in_no_table_are_shown_separately(tmp_path):
    points = [(f"s{shape}", n) for shape in range(40) for n in range(1, 12)]
    tables = {
        "shapes": {"shape_id": [s for s, _ in points], "point_sequence": [n for _, n in points], "x": measures(440)},
        "trips": {"trip_id": running(300), "shape_id": [f"s{RANDOM.randint(0, 39)}" for _ in range(300)]},
    }
    schema, links = found(tmp_path, tables)
    assert links == set()
    assert [(g.child, g.parent, g.child_column) for g in schema.group_keys] == [("trips", "shapes", "shape_id")]


def test_every_pair_of_columns_is_accounted_for(tmp_path):
    tables = {
        "users": {"id": running(300), "age": some(90, 300)},
        "posts": {
            "id": running(900),
            "user_id": some(300, 900),
            "text": ["secret value"] * 900,
            "score": measures(900),
        },
    }
    raw, profiles = write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, tmp_path / "raw")
    probes = find_schema(raw, profiles).probes
    assert probes.considered == 6 * 5
    assert probes.compared + sum(probes.ruled_out.values()) == probes.considered
    assert probes.believed == 1


def test_near_misses_are_stored_with_a_reason_and_without_values(tmp_path):
    tables = {
        "suppliers": {"s_key": running(60), "s_label": [f"canary {n}" for n in range(60)]},
        "parts": {"p_key": running(900), "p_ring": [RANDOM.randint(1, 32) for _ in range(900)]},
    }
    raw, profiles = write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, tmp_path / "raw")
    schema = find_schema(raw, profiles)
    assert [(near.child_column, near.parent_column) for near in schema.probes.near][:1] == [("p_ring", "s_key")]
    assert all(near.reason for near in schema.probes.near)
    assert "canary" not in schema.model_dump_json()


@pytest.mark.extended
@pytest.mark.skipif(not SHARED.exists(), reason="the shared datasets are missing")
def test_the_schemas_of_published_datasets_are_found():
    sets = list(published())
    scores = total(sets, NAMES["names"])
    assert scores.f1 >= 0.96, scores.remarks
    assert scores.key_accuracy >= 0.95, scores.remarks
    nameless = total(sets, NAMES["both"])
    assert nameless.f1 >= 0.85, nameless.remarks


@pytest.mark.slow
@pytest.mark.extended
def test_the_schemas_of_synthetic_worlds_are_found_with_and_without_names_and_flaws():
    seed = 2001
    for change in (lambda w: w, lambda w: with_orphans(w, 0.03, seed), lambda w: with_nulls(w, 0.1, seed)):
        named = total(map(change, worlds(seed)), NAMES["names"])
        silent = total(map(change, worlds(seed)), NAMES["both"])
        assert named.f1 >= 0.95, named.remarks
        assert silent.f1 >= 0.85, silent.remarks
        assert max(named.calibration_error, silent.calibration_error) <= 0.08


def test_a_measure_that_fills_the_range_of_row_numbers_is_not_a_reference(tmp_path):
    _, links = found(
        tmp_path,
        {
            "days": {"instant": running(600), "weather": [f"w{number % 4}" for number in range(600)]},
            "hours": {"registered": some(600, 9000), "guests": some(590, 9000), "heat": measures(9000)},
        },
    )
    assert links == set()


def test_a_key_without_its_ending_is_a_reference(tmp_path):
    _, links = found(
        tmp_path,
        {
            "Artikel": {"ArtNr": running(80), "Preis": measures(80)},
            "Lieferungen": {"LieferNr": running(900), "Art": some(80, 900), "Menge": measures(900)},
        },
    )
    assert links == {"Lieferungen.Art -> Artikel.ArtNr"}
