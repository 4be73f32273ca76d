from radix_assets.features.schema import LEAK_REASON
from radix_assets.models.leaks import left_out


def test_a_refusal_names_what_was_left_out_as_a_leak():
    dropped = {"t.paid": LEAK_REASON, "t.note": "not used: a private column", "t.closed": LEAK_REASON}
    assert left_out(dropped, {"MEAN(t.x)": "alone it reaches 1"}).startswith(
        " Left out as known too late: MEAN(t.x), t.paid, t.closed; "
    )
    assert " and 2 more; " in left_out({f"t.c{n}": LEAK_REASON for n in range(5)}, {})
    assert left_out({"t.note": "not used: a private column"}, {}) == ""
