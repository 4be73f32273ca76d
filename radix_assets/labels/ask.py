"""Asking a question at many moments: of whom, and what then happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.plan import Plan
from radix_assets.asof.store import Store
from radix_assets.asof.times import NEVER, Times
from radix_assets.labels.evaluate import NOTHING, truth, value
from radix_assets.labels.windows import ENTITY, Events, events, is_told_of_nothing, window
from radix_assets.question.horizon import Future
from radix_assets.question.syntax import Aggregate, Column, columns
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.bind_question import BoundQuestion, bind_question
from radix_assets.tags.schema import TableTags

AT = "__at"
"""The moment of asking, in microseconds since 1970, UTC."""
ASKED = "__asked"
"""Whether the question's condition held, from what was known by then."""

LABEL = "__label"
"""What then happened; null where it says nothing."""
_DAY = 86_400_000_000


@dataclass(frozen=True)
class _Look:
    """An aggregate with the time it is over, for each moment."""

    name: str
    """The column that holds it."""
    aggregate: Aggregate
    ahead: bool
    start: Times
    end: Times


@dataclass
class Asker(BoundQuestion):
    """A bound question that reads its tables and answers at any moment."""

    _held: dict[Aggregate, Events] = field(default_factory=dict)
    _store: Store | None = None

    @property
    def store(self) -> Store:
        """The tables, as far as they are needed."""
        if self._store is None:
            plan = Plan(table=self.future.for_each, times=dict(self.times), links=list(self.links), outputs=[])
            self._store = Store(plan, dict(self.tables))
        return self._store

    def known_since(self) -> Times:
        """When each entity came to be known: by its own time index, else with its first row that is asked about."""
        own = self.store.times(self.future.for_each)
        rows = self.store.rows(self.future.for_each)
        if own is not None and len(own):
            return own
        first = np.full(rows, NEVER, dtype=np.int64)
        for each in self._all():
            np.minimum.at(first, *each.everything)
        return first

    def span(self) -> tuple[int, int] | None:
        """The first and the last moment at which anything that is asked about happened; None where nothing ever did."""
        times = [each.everything[1] for each in self._all() if len(each.everything[1])]
        return (min(int(t.min()) for t in times), max(int(t.max()) for t in times)) if times else None

    def only_days(self) -> bool:
        """Whether nothing that is asked about has a time of day."""
        return all((each.everything[1] % _DAY == 0).all() for each in self._all())

    def at(self, moments: Times, *, labelled: bool) -> Iterator[pl.DataFrame]:
        """A frame for each moment, a row for each entity known by then: ENTITY, AT, ASKED and, if labelled, LABEL."""
        since = self.known_since()
        looks = self._looks(moments, labelled=labelled)
        for number, moment in enumerate(moments):
            entities = np.flatnonzero(since < moment)
            frame = pl.DataFrame({ENTITY: pl.Series(entities, dtype=pl.Int64)})
            for look in looks:
                found = self._events(look.aggregate).between(int(look.start[number]), int(look.end[number]), look.name)
                frame = frame.join(found, on=ENTITY, how="left", maintain_order="left")
                if is_told_of_nothing(look.aggregate):
                    frame = frame.with_columns(pl.col(look.name).fill_null(NOTHING))
            yield self._answered(frame, looks, int(moment), labelled=labelled)

    def _looks(self, moments: Times, *, labelled: bool) -> list["_Look"]:
        found: list[_Look] = []
        for bound, ahead in [(self.where, False), *([(self.predict, True)] if labelled else [])]:
            for aggregate in bound.paths if bound else ():
                span = aggregate.span or (self.future.within if ahead else None)
                start, end = window(moments, span, ahead=ahead)
                found.append(_Look(f"look {len(found)}", aggregate, ahead, start, end))
        return found

    def _answered(self, frame: pl.DataFrame, looks: "list[_Look]", moment: int, *, labelled: bool) -> pl.DataFrame:
        outside = list(dict.fromkeys(column.name for column in columns(self.where.tree))) if self.where else []
        if outside:
            own = self.store.frame(self.future.for_each, outside)[frame[ENTITY]]
            frame = frame.hstack(own.select(exactly(name).alias(f"own {name}") for name in outside))

        def named(tree: Aggregate | Column, *, ahead: bool) -> str:
            if isinstance(tree, Column):
                return f"own {tree.name}"
            return next(look.name for look in looks if look.ahead == ahead and look.aggregate == tree)

        asked = pl.lit(value=True)
        if self.where:
            asked = truth(self.where.tree, frame.schema, partial(named, ahead=False)).fill_null(value=False)
        answers = [pl.lit(moment, pl.Int64).alias(AT), asked.alias(ASKED)]
        if labelled:
            answers.append(value(self.predict.tree, frame.schema, partial(named, ahead=True)).alias(LABEL))
        return frame.select(ENTITY, *answers)

    def _events(self, aggregate: Aggregate) -> Events:
        if aggregate not in self._held:
            bound = next(b for b in (self.predict, self.where) if b is not None and aggregate in b.paths)
            path = bound.paths[aggregate]
            self._held[aggregate] = events(self.store, aggregate, path, [list(self.links).index(s) for s in path])
        return self._held[aggregate]

    def _all(self) -> list[Events]:
        bounds = [bound for bound in (self.predict, self.where) if bound is not None]
        return [self._events(aggregate) for bound in bounds for aggregate in bound.paths]


def asker(
    future: Future, tags: Mapping[str, TableTags], relationships: Sequence[Relationship], tables: Mapping[str, Path]
) -> Asker:
    """Pose a question to tables, given as raw snapshot directories. Raises what `pose` raises."""
    return Asker(**vars(bind_question(future, tags, relationships, tables)))
