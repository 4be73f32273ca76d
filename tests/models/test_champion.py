import polars as pl
import pytest
from model_matrices import signal, snapshot
from test_train import digests, out

from radix_assets.models.champion import decide
from radix_assets.models.fitted import load_model
from radix_assets.models.stored import load_card, load_champion
from radix_assets.models.train import train
from radix_assets.project.sections import Search
from radix_resources.errors import ModelError

SEARCH = Search(trials=3)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a function that trains a model of a frame: one for all tests of this module that ask for the same."""
    models = []

    def of(frame):
        for known, features, path in models:
            if known.equals(frame):
                return features, path
        folder = tmp_path_factory.mktemp("trained")
        features, path = snapshot(folder / "features", frame, "yes", "binary"), out(folder)
        train(features, SEARCH, path)
        models.append((frame, features, path))
        return features, path

    return of


def run(tmp_path, name, challenger, champion, *, approval="auto", approved=frozenset()):
    features, model = challenger
    path = out(tmp_path, f"champion_{name}")
    output = decide(model, champion, features, approval=approval, approved=set(approved), out=path)
    return path, output


def table(rows, *, noise=1.0, seed=0):
    return signal(rows, noise=noise, seed=seed).drop("score", "level")


def test_the_first_accepted_model_serves_and_is_self_contained(tmp_path, trained):
    challenger = trained(table(600))
    path, output = run(tmp_path, "a", challenger, None)
    decision = load_champion(path)
    assert decision.model_id == load_card(challenger[1]).model_id
    assert output.checks[0].passed
    matrix = pl.read_parquet(challenger[0] / "matrix.parquet")
    assert load_model(path).predict(matrix).prediction.equals(load_model(challenger[1]).predict(matrix).prediction)


def test_the_same_inputs_give_the_same_decision(tmp_path, trained):
    challenger = trained(table(600))
    assert digests(run(tmp_path, "a", challenger, None)[0]) == digests(run(tmp_path, "b", challenger, None)[0])


def test_a_challenger_that_is_not_better_leaves_the_champion_byte_for_byte(tmp_path, trained):
    first, _ = run(tmp_path, "first", trained(table(1000).head(900)), None)
    path, output = run(tmp_path, "second", trained(table(1000)), first)
    assert digests(path) == digests(first)
    assert "not shown to beat" in output.shown["reason"]


def test_a_better_challenger_takes_over_and_its_lead_is_reported(tmp_path, trained):
    weak = table(900, noise=0.3).drop("b, with [json]: marks")
    first, _ = run(tmp_path, "first", trained(weak), None)
    assert load_champion(first).model_id
    path, _ = run(tmp_path, "second", trained(table(900, noise=0.3)), first)
    decision = load_champion(path)
    assert decision.previous_id == load_champion(first).model_id
    assert decision.previous_score.value < decision.score.value
    assert "beats the champion" in decision.reason


def test_a_refused_challenger_never_serves(tmp_path, trained):
    noise = table(600).with_columns(yes=pl.Series(signal(600, seed=9)["yes"]))
    challenger = trained(noise)
    assert not load_card(challenger[1]).accepted
    path, output = run(tmp_path, "a", challenger, None)
    assert load_champion(path).model_id is None
    assert not output.checks[0].passed
    with pytest.raises(ModelError, match="RDX-MOD-002"):
        load_model(path)
    first, _ = run(tmp_path, "b", trained(table(600)), None)
    kept, _ = run(tmp_path, "c", challenger, first)
    assert digests(kept) == digests(first)


def test_a_champion_that_cannot_score_the_features_is_replaced(tmp_path, trained):
    first, _ = run(tmp_path, "a", trained(table(600)), None)
    path, _ = run(tmp_path, "b", trained(table(600).rename({"colour": "color"})), first)
    assert "features have changed" in load_champion(path).reason


def test_promotion_waits_for_approval_if_the_project_requires_it(tmp_path, trained):
    challenger = trained(table(600))
    path, output = run(tmp_path, "a", challenger, None, approval="human")
    assert output is None
    assert not list(path.iterdir())
    identity = load_card(challenger[1]).model_id
    path, output = run(tmp_path, "b", challenger, None, approval="human", approved={identity})
    assert load_champion(path).approved_by == "person"


def test_a_cross_validated_champion_is_judged_by_its_out_of_fold_predictions(tmp_path, trained):
    """Refitted on all rows afterwards, it would seem better than any honest challenger."""
    first, _ = run(tmp_path, "a", trained(table(300)), None)
    honest = load_card(first).score
    wide = table(300).with_columns(more=pl.Series(signal(300)["score"]))
    path, output = run(tmp_path, "b", trained(wide), first)
    previous = load_champion(path).previous_score
    assert previous is None or previous.value == pytest.approx(honest.value)
    assert output is not None


def test_rows_that_have_changed_are_predicted_again(tmp_path, trained):
    """After a change of unit the recorded answers say nothing of how good the champion is now."""
    frame = table(1200, noise=0.3)
    first, _ = run(tmp_path, "first", trained(frame), None)
    (number,) = [name for name in frame.columns if name.startswith("a")][:1]
    changed = frame.with_columns((pl.col(number) * 1000).alias(number))
    path, output = run(tmp_path, "second", trained(changed), first)
    assert "again, since" in output.shown["reason"]
    assert load_champion(path).previous_id == load_champion(first).model_id
    assert load_champion(path).previous_score.value < load_champion(first).score.value


@pytest.mark.parametrize("rows", [300, 1200])
def test_unchanged_rows_keep_their_recorded_answers(tmp_path, trained, rows):
    frame = table(rows + 50)
    first, _ = run(tmp_path, "first", trained(frame.head(rows)), None)
    _, output = run(tmp_path, "second", trained(frame), first)
    assert "again, since" not in output.shown["reason"]


def test_two_models_are_compared_as_they_were_judged(tmp_path, trained):
    """What serves has learned from the rows on which they are compared, and would win each time."""
    first, _ = run(tmp_path, "first", trained(table(1200)), None)
    recorded = load_card(first).score
    # Only the features of a later matrix differ, by a column that says nothing, so that the same rows are compared.
    more = table(1200).with_columns(noise=pl.Series(signal(1200, seed=5)["score"]))
    path, output = run(tmp_path, "second", trained(more), first)
    assert "not shown to beat" in output.shown["reason"]
    assert f"against {recorded.value:.4g}" in output.shown["reason"]
    # Without a record every row is answered again, by the model that has not seen it.
    rows = pl.read_parquet(first / "rows.parquet")
    rows.with_columns(id=pl.col("id") ^ 1).write_parquet(first / "rows.parquet")
    _, output = run(tmp_path, "third", trained(more), first)
    assert f"against {recorded.value:.4g}" in output.shown["reason"]
    assert "refitted in the same way on all 1,200 rows" in load_card(path).fitted_on
