"""The report's content, section by section, as plain data for the template."""

import base64
from collections import Counter
from collections.abc import Mapping
from typing import Any

from radix_assets.common.plural import counted
from radix_assets.exploration.schema import Suspect
from radix_assets.models.schema import ModelCard, Score
from radix_assets.project.settings import Project
from radix_assets.reports import plain
from radix_assets.reports.parts import Parts
from radix_assets.tags.schema import Tags, Target

DRIVERS = 10
LISTED = 12
REVEALING = {"confusion", "target", "over_time", "fit", "drift"}
"""Pictures that show values of the target."""


def report_data(project: Project, parts: Parts, seconds: Mapping[str, float], dollars: float = 0.0) -> dict[str, Any]:
    """Return the data for the template. Sections without content are empty or None."""
    private = _target_is_private(parts.tags)
    pictures = {
        name: "data:image/png;base64," + base64.b64encode(content).decode()
        for name, content in parts.pictures.items()
        if not (private and name in REVEALING)
    }
    return {
        "project": project.name,
        "description": project.description,
        "question": _question(parts, private=private),
        "target": parts.tags.target.name if parts.tags and not private else _target_name(parts),
        "table": _predicted_rows(parts.tags.target) if parts.tags else "",
        "verdict": _verdict(parts),
        "scores": _intervals(parts.card) if parts.card else None,
        "metrics": _metrics(parts.card) if parts.card else [],
        "card": parts.card,
        "drivers": _drivers(parts),
        "tables": _tables(parts),
        "balance": parts.exploration.balance if parts.exploration else None,
        "coverage": parts.exploration.coverage if parts.exploration else None,
        "links": [link.name for link in (parts.tags.relationships if parts.tags else [])],
        "leaks": _leaks(parts),
        "calibration": _calibration(parts.card) if parts.card and not private else None,
        "monitoring": parts.monitoring,
        "served": parts.served if parts.served and parts.served.address else None,
        "champion": parts.champion,
        "predicted": parts.predicted,
        "left_out": _left_out(parts),
        "costs": _costs(seconds),
        "total": plain.duration(sum(seconds.values())) if seconds else "",
        "price": plain.price(dollars) if dollars else "",
        "warnings": parts.exploration.warnings if parts.exploration else [],
        "pictures": pictures,
        "plain": plain,
    }


def _predicted_rows(target: Target) -> str:
    """Return the table whose rows get a prediction."""
    return f"{target.future.for_each}, at any moment" if target.future else target.table


def _target_is_private(tags: Tags | None) -> bool:
    return tags is not None and tags.target.column in tags.tables[tags.target.table].private


def _target_name(parts: Parts) -> str:
    return f"{parts.tags.target.table}.{parts.tags.target.column}" if parts.tags else ""


def _question(parts: Parts, *, private: bool) -> str:
    if parts.tags is None:
        return "What do these data show?"
    target = parts.tags.target
    if private and target.future is not None:
        return f"What will happen for each row of {target.future.for_each}?"
    return plain.question(target.model_copy(update={"operator": None}) if private else target)


def _verdict(parts: Parts) -> dict[str, Any] | None:
    card = parts.card
    if card is None:
        return None
    serves = parts.champion is not None and parts.champion.model_id is not None
    headline = "Good enough to use" if card.accepted else "Not good enough to use"
    return {
        "good": card.accepted,
        "headline": headline,
        "meaning": plain.meaning(card),
        "advantage": plain.advantage(card),
        "optimism": plain.optimism(card),
        "reason": card.reason,
        "serving": (parts.champion.reason if parts.champion else "") if serves else "",
    }


def _intervals(card: ModelCard) -> list[dict[str, Any]]:
    """Return the model and the baselines on one scale from 0 to 100, with their intervals."""
    rows: list[tuple[str, Score, str]] = [("This model", card.score, "model")]
    rows += [(plain.baseline(name), score, "baseline") for name, score in card.baselines.items()]
    if card.random_score is not None:
        rows.append(("This model, on a careless random split", card.random_score, "random"))
    low = min(score.low for _, score, _ in rows)
    high = max(score.high for _, score, _ in rows)
    margin = (high - low) * 0.06 or 1.0
    low, high = low - margin, high + margin

    def at(value: float) -> float:
        return round((value - low) / (high - low) * 100, 2)

    return [
        {
            "name": name,
            "kind": kind,
            "text": plain.number(score.value),
            "range": f"{plain.number(score.low)} to {plain.number(score.high)}",
            "at": at(score.value),
            "from": at(score.low),
            "width": round(at(score.high) - at(score.low), 2),
        }
        for name, score, kind in rows
    ]


def _metrics(card: ModelCard) -> list[tuple[str, str, str]]:
    every = {card.metric: card.score, **card.metrics}
    return [
        (plain.metric(name), plain.number(each.value), f"{plain.number(each.low)} to {plain.number(each.high)}")
        for name, each in every.items()
    ]


def _drivers(parts: Parts) -> list[dict[str, Any]]:
    if parts.card is None or not parts.card.importance:
        return []
    explained = {each.name: each.explanation for each in parts.features.features} if parts.features else {}
    ranked = sorted(parts.card.importance.items(), key=lambda each: -each[1])[:DRIVERS]
    total = sum(parts.card.importance.values()) or 1.0
    most = ranked[0][1] or 1.0
    return [
        {
            "name": name,
            "explanation": explained.get(name, ""),
            "width": round(value / most * 100, 1),
            "share": f"{value / total:.0%}",
        }
        for name, value in ranked
    ]


def _tables(parts: Parts) -> list[dict[str, Any]]:
    target = parts.tags.target.table if parts.tags else ""
    rows = [
        {
            "name": each.table,
            "rows": f"{each.rows:,}",
            "columns": len(each.columns),
            "filled": f"{_filled_share(each.rows, [c.nulls for c in each.columns.values()]):.0%}",
            "duplicates": f"{each.duplicates:,}" if each.duplicates else "",
            "is_target": each.table == target,
        }
        for each in parts.profiles
    ]
    return sorted(rows, key=lambda each: (not each["is_target"], each["name"]))


def _filled_share(rows: int, nulls: list[int]) -> float:
    cells = rows * len(nulls)
    return 1 - sum(nulls) / cells if cells else 1.0


def _leaks(parts: Parts) -> dict[str, Any] | None:
    if parts.exploration is None or parts.tags is None:
        return None
    excluded = parts.exploration.excluded(parts.tags)
    strong = [each for each in parts.exploration.suspects if each.severity == "strong"]
    rows = []
    for name in excluded:
        reasons = [each.reason for each in strong if _concerns(each, name)]
        rows.append({"name": name, "reason": reasons[0] if reasons else "tagged as known only after the outcome"})
    weak = {each.name: each.reason for each in parts.exploration.suspects if each.severity == "weak"}
    return {
        "excluded": rows[: 2 * LISTED],
        "more": max(0, len(rows) - 2 * LISTED),
        "kept": parts.exploration.kept(parts.tags),
        "weak": [{"name": name, "reason": reason} for name, reason in weak.items() if name not in excluded][:LISTED],
        "engineered": parts.card.dropped_leaks if parts.card else {},
    }


def _concerns(suspect: Suspect, name: str) -> bool:
    return suspect.name == name or (suspect.column == "*" and name.startswith(f"{suspect.table}."))


def _calibration(card: ModelCard) -> dict[str, Any] | None:
    """Return points on a square of 100 by 100, origin at the lower left, and the largest distance from the diagonal."""
    if not card.calibration:
        return None
    most = max(0.1, *(max(predicted, observed) for predicted, observed, _ in card.calibration))
    top = min(1.0, -(-most * 10 // 1) / 10)
    return {
        "top": f"{top:.0%}",
        "points": [
            {
                "x": round(predicted / top * 100, 2),
                "y": round(100 - observed / top * 100, 2),
                "text": f"predicted {predicted:.0%}, observed {observed:.0%}, {rows:,} rows",
            }
            for predicted, observed, rows in card.calibration
        ],
        "worst": f"{max(abs(p - o) for p, o, _ in card.calibration) * 100:.0f}",
    }


def _left_out(parts: Parts) -> list[dict[str, Any]]:
    """Return the reasons with what they concern, the most frequent first."""
    groups: dict[str, list[str]] = {}
    if parts.tags is not None:
        for table, tags in parts.tags.tables.items():
            for column in tags.with_role("ignore"):
                groups.setdefault("tagged to be ignored", []).append(f"{table}.{column}")
            for column in sorted(tags.private):
                groups.setdefault("private: values are never shown", []).append(f"{table}.{column}")
    if parts.features is not None:
        for name, reason in parts.features.dropped.items():
            groups.setdefault(reason, []).append(name)
    if parts.card is not None and parts.card.dropped_classes and not _target_is_private(parts.tags):
        groups["classes too rare to learn"] = [
            f"{name} ({counted(n, 'row')})" for name, n in parts.card.dropped_classes.items()
        ]
    order = Counter({reason: len(names) for reason, names in groups.items()}).most_common(LISTED)
    return [
        {"reason": reason, "count": count, "names": groups[reason][:8], "more": max(0, count - 8)}
        for reason, count in order
    ]


def _costs(seconds: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return the time of each stage, longest first; the tables of a stage together."""
    stages: dict[str, float] = {}
    for name, value in seconds.items():
        stage = name.partition("/")[0]
        stages[stage] = stages.get(stage, 0.0) + value
    most = max(stages.values(), default=0.0) or 1.0
    ordered = sorted(stages.items(), key=lambda each: -each[1])
    return [{"name": n, "text": plain.duration(v), "width": round(v / most * 100, 1)} for n, v in ordered]
