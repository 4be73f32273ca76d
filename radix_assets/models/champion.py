"""Decide which model serves. The decision is a pure function of the challenger, the champion and the features."""

import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from radix_assets.common.plural import counted
from radix_assets.features.schema import ROW, TARGET
from radix_assets.models.bootstrap import interval, judge
from radix_assets.models.compare import Rows, lead
from radix_assets.models.data import Data
from radix_assets.models.fitted import FittedModel, load_judged
from radix_assets.models.masking import Masking, read_masked
from radix_assets.models.metadata import between, number, plotted
from radix_assets.models.metrics import Metric, metrics_of, robust_metric
from radix_assets.models.registry import REGISTRATION, load_registration
from radix_assets.models.schema import FOLDER, JUDGED, Champion, ModelCard, Score
from radix_assets.models.split import Floats, Ints
from radix_assets.models.stored import CARD, CHAMPION, load_card, load_champion
from radix_assets.models.train import PREDICTIONS, ROWS, draws, split_of, tested_rows
from radix_assets.pipeline.output import Check, Output, Shown
from radix_resources.errors import ModelError


def decide(
    challenger: Path,
    champion: Path | None,
    features: Path,
    *,
    approval: Literal["auto", "human"],
    approved: set[str],
    out: Path,
    data_version: str | None = None,
    since: str = "",
    masking: Masking | None = None,
    withdrawal: str = "",
) -> Output | None:
    """Promote the challenger, or keep the champion.

    The challenger is promoted if it was accepted and either no model serves yet, or the champion cannot score these
    features, or the challenger beats the champion on the challenger's test rows (paired: the lower end of the 95%
    interval of the lead is above 0). With approval `human` it must also be in `approved`, which holds model ids or
    registered versions.

    Write `champion.json`, and all files that serving the model needs, so that the snapshot is self-contained. A refused
    challenger leaves every data file as it was. `features` is the snapshot that the challenger was trained on, and
    `masking` what was private then. `withdrawal` says why the champion may serve no longer, if that is so; it then
    stops serving, whether or not the challenger is promoted. Return None, with nothing written, while the approval of
    a person is pending.
    """
    card = load_card(challenger)
    old = load_champion(champion) if champion else None
    serves = old is not None and old.model_id is not None
    if serves and champion and old and old.model_id == card.model_id:
        _copy_champion(champion, out)
        return _output(old, card, f"It serves already: {old.reason}", load_card(champion), changed=False)
    if not card.accepted:
        reason = f"The challenger was refused: {card.reason.removeprefix('Refused: ')}"
        if serves and withdrawal:
            return _keep_champion(None, None, card, f"{withdrawal} {reason}", out)
        return _keep_champion(champion, old, card, reason, out)
    gain, before, reason = None, None, "It is the first accepted model."
    if serves and withdrawal:
        reason = f"{withdrawal} It can serve no longer, so the challenger takes over."
    elif serves and champion:
        gain, before, reason = _compare(challenger, champion, features, card, masking or Masking())
        if gain is not None and gain.low <= 0:
            return _keep_champion(champion, old, card, reason, out)
    version = load_registration(challenger).version
    if approval == "human" and not approved & {card.model_id, version or card.model_id}:
        return None
    decision = Champion(
        model_id=card.model_id,
        version=version,
        data_version=data_version,
        metric=card.metric,
        score=card.score,
        previous_id=old.model_id if old else None,
        previous_score=before,
        approved_by="person" if approval == "human" else "policy",
        since=since,
        reason=reason,
    )
    _copy(challenger, out)
    (out / CHAMPION).write_text(decision.model_dump_json(indent=1), encoding="utf-8")
    return _output(decision, card, reason, card, changed=True)


def _compare(
    challenger: Path, champion: Path, features: Path, card: ModelCard, masking: Masking
) -> tuple[Score | None, Score | None, str]:
    """Return the challenger's lead, the champion's score and a sentence; no lead if the champion cannot score."""
    model = load_judged(champion)
    old = load_card(champion)
    if _question(old) != _question(card):
        return None, None, "The question has changed, so the champion can no longer answer it."
    data = read_masked(features, masking)
    missing = [name for name in model.features if name not in data.frame.columns]
    if missing:
        return (
            None,
            None,
            f"The features have changed ({len(missing)} are missing), so the champion cannot score these rows.",
        )
    own = pl.read_parquet(challenger / PREDICTIONS)
    index = np.flatnonzero(np.isin(data.positions, own[ROW].to_numpy()))
    if len(index) != own.height:
        raise ModelError(
            "RDX-MOD-006",
            f"{own.height - len(index)} of the challenger's test rows are not among the features",
            expected="the features snapshot that the challenger was trained on",
            hint="materialize the model again",
        )
    metric = metrics_of(card.problem)[0]
    theirs, changed = _out_of_sample(champion, model, data, index, metric)
    target = data.target[index]
    tested = pl.read_parquet(challenger / ROWS)
    parts = tested["part"].to_numpy() if "part" in tested.columns else None
    rows = Rows(target, draws(data, index, split_of(card), seed=0), parts)
    other, others = judge(metric, target, theirs, rows.drawn, parts)
    result = lead(rows, metric, _matrix(own, card), {"the champion": theirs}, robust_metric(card.problem))
    words = "beats the champion" if result.gain.low > 0 else "is not shown to beat the champion"
    reason = (
        f"On the same {len(index):,} rows the challenger {words}: "
        f"{result.metric.name} {number(result.value)} against {number(result.other_value)}, "
        f"lead {number(result.gain.value)}, 95 % interval {number(result.gain.low)} to {number(result.gain.high)}."
    )
    if len(result.decisive):
        reason += f" By {metric.name} the verdict would hang on {counted(len(result.decisive), 'row')}."
    if changed:
        reason += f" The champion predicted {changed:,} of them again, since they have changed since it was tested."
    return result.gain, interval(other, others), reason


def _question(card: ModelCard) -> tuple[object, ...]:
    return card.problem, card.classes, card.sealed, card.target, card.asked


def _out_of_sample(champion: Path, model: FittedModel, data: Data, index: Ints, metric: Metric) -> tuple[Floats, int]:
    """Return the champion's predictions of rows, and how many of those that it was tested on have changed since.

    `model` is the one that was judged, as the one that serves may have been fitted on these rows. A recorded prediction
    counts for a row that it was tested on and that is as it was then; other rows are predicted now. After
    cross-validation there is no other model than one that was fitted on all rows, so a new prediction of an old row
    flatters it: there the recorded ones count for changed rows too, unless the new ones are worse.
    """
    card, live = load_card(champion), model.scores(data.frame[index])
    record, rows = pl.read_parquet(champion / PREDICTIONS), pl.read_parquet(champion / ROWS)
    ids, hashes = rows["id"].to_numpy(), data.rows.hashes[index]
    order = np.argsort(ids, kind="stable")
    place = order[np.minimum(np.searchsorted(ids[order], hashes), len(ids) - 1)]
    # A row with the same key and another outcome is a different row.
    same_target = record[TARGET].gather(place).cast(pl.String) == data.original[index].cast(pl.String)
    tested = (ids[place] == hashes) & same_target.to_numpy()
    changed = np.zeros(len(index), np.bool_)
    if "features" in rows.columns:
        now = tested_rows(data, index, model.features, None)["features"].to_numpy()
        changed = tested & (rows["features"].to_numpy()[place] != now)
    recorded = live.copy()
    recorded[tested] = _matrix(record, card)[place[tested]]
    mixed = recorded.copy()
    mixed[changed] = live[changed]
    if not changed.any() or not card.cross_validated:
        return mixed, int(changed.sum())
    sign = 1.0 if metric.greater_is_better else -1.0
    as_recorded, answered = (sign * judge(metric, data.target[index], each, [])[0] for each in (recorded, mixed))
    return (mixed, int(changed.sum())) if answered < as_recorded else (recorded, 0)


def _matrix(predictions: pl.DataFrame, card: ModelCard) -> Floats:
    if not card.classes:
        return predictions["prediction"].to_numpy()
    return predictions.select(f"probability_{name}" for name in card.classes).to_numpy()


def _keep_champion(champion: Path | None, old: Champion | None, card: ModelCard, reason: str, out: Path) -> Output:
    if champion and old:
        _copy_champion(champion, out)
        return _output(old, card, reason, load_card(champion) if old.model_id else None, changed=False)
    nothing = Champion(reason=reason)
    (out / CHAMPION).write_text(nothing.model_dump_json(indent=1), encoding="utf-8")
    return _output(nothing, card, reason, None, changed=False)


def _copy_champion(champion: Path, out: Path) -> None:
    """Copy the champion's files byte for byte, so that assets that depend on them stay up to date."""
    _copy(champion, out, CHAMPION)


def _copy(source: Path, out: Path, *more: str) -> None:
    for folder in (FOLDER, JUDGED):
        if (source / folder).is_dir():
            shutil.copytree(source / folder, out / folder)
    for name in (CARD, PREDICTIONS, ROWS, REGISTRATION, *more):
        if (source / name).exists():
            shutil.copy2(source / name, out / name)


def _output(decision: Champion, card: ModelCard, reason: str, serving: ModelCard | None, *, changed: bool) -> Output:
    """Return the output. `card` is the challenger's card, and `serving` that of the model that serves, if one does."""
    shown: dict[str, Shown] = {
        "decision": "the challenger is promoted" if changed else "no change",
        "reason": reason,
        "serving": decision.model_id or "nothing",
        **({"fitted on": serving.fitted_on} if serving and serving.served_rows else {}),
        "score": f"{decision.metric} {between(decision.score)}" if decision.score else "none",
        **(plotted(decision.metric, decision.score) if decision.score else {}),
        "challenger": card.model_id,
        "challenger's score": f"{card.metric} {between(card.score)}",
        **plotted(f"challenger's {card.metric}", card.score),
    }
    if decision.previous_score:
        shown["previous champion on the same rows"] = f"{decision.metric} {between(decision.previous_score)}"
    if decision.version:
        shown["registered version"] = decision.version
    if decision.approved_by:
        shown["approved by"] = decision.approved_by
    check = Check("a_model_serves", decision.model_id is not None, reason, "WARN")
    return Output(rows=None, shown=shown, checks=[check])
