"""Ask a question at many times: about which entities, and with which outcome."""

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
from radix_assets.labels.windows import ENTITY, Events, events, is_zero_without_rows, window
from radix_assets.question.horizon import Future
from radix_assets.question.syntax import Aggregate, Column, columns
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.bind_question import BoundQuestion, bind_question
from radix_assets.tags.schema import TableTags

AT = "__at"
"""The time of the question, in microseconds since 1970, UTC."""
ASKED = "__asked"
"""Whether the question's condition was true, from what was known by then."""

LABEL = "__label"
"""The outcome; null where undefined."""
_DAY = 86_400_000_000


@dataclass(frozen=True)
class _WindowedAggregate:
    """An aggregate with its time window for each time of the question."""

    name: str
    """The name of its column."""
    aggregate: Aggregate
    ahead: bool
    start: Times
    end: Times


@dataclass
class Asker(BoundQuestion):
    """A bound question that reads its tables and answers for any time."""

    _cached_events: dict[Aggregate, Events] = field(default_factory=dict)
    _store: Store | None = None

    @property
    def store(self) -> Store:
        """The tables, loaded as needed."""
        if self._store is None:
            plan = Plan(table=self.future.for_each, times=dict(self.times), links=list(self.links), outputs=[])
            self._store = Store(plan, dict(self.tables))
        return self._store

    def known_since(self) -> Times:
        """Return since when each entity is known: by its time index, else from its first row in the question."""
        times = self.store.times(self.future.for_each)
        rows = self.store.rows(self.future.for_each)
        if times is not None and len(times):
            return times
        first = np.full(rows, NEVER, dtype=np.int64)
        for each in self._all():
            np.minimum.at(first, *each.everything)
        return first

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last time of any row in the question; None if there are no rows."""
        times = [each.everything[1] for each in self._all() if len(each.everything[1])]
        return (min(int(t.min()) for t in times), max(int(t.max()) for t in times)) if times else None

    def only_days(self) -> bool:
        """Return whether no row in the question has a time of day."""
        return all((each.everything[1] % _DAY == 0).all() for each in self._all())

    def at(self, moments: Times, *, labelled: bool) -> Iterator[pl.DataFrame]:
        """Yield a frame for each time with a row per entity known by then: ENTITY, AT, ASKED; if labelled, LABEL."""
        since = self.known_since()
        windowed = self._windowed_aggregates(moments, labelled=labelled)
        for number, moment in enumerate(moments):
            entities = np.flatnonzero(since < moment)
            frame = pl.DataFrame({ENTITY: pl.Series(entities, dtype=pl.Int64)})
            for aggregate in windowed:
                values = self._events(aggregate.aggregate).between(
                    int(aggregate.start[number]), int(aggregate.end[number]), aggregate.name
                )
                frame = frame.join(values, on=ENTITY, how="left", maintain_order="left")
                if is_zero_without_rows(aggregate.aggregate):
                    frame = frame.with_columns(pl.col(aggregate.name).fill_null(NOTHING))
            yield self._answered(frame, windowed, int(moment), labelled=labelled)

    def _windowed_aggregates(self, moments: Times, *, labelled: bool) -> list["_WindowedAggregate"]:
        windowed: list[_WindowedAggregate] = []
        for bound, ahead in [(self.where, False), *([(self.predict, True)] if labelled else [])]:
            for aggregate in bound.paths if bound else ():
                span = aggregate.span or (self.future.within if ahead else None)
                start, end = window(moments, span, ahead=ahead)
                windowed.append(_WindowedAggregate(f"look {len(windowed)}", aggregate, ahead, start, end))
        return windowed

    def _answered(
        self, frame: pl.DataFrame, windowed: "list[_WindowedAggregate]", moment: int, *, labelled: bool
    ) -> pl.DataFrame:
        own_columns = list(dict.fromkeys(column.name for column in columns(self.where.tree))) if self.where else []
        if own_columns:
            own_values = self.store.frame(self.future.for_each, own_columns)[frame[ENTITY]]
            frame = frame.hstack(own_values.select(exactly(name).alias(f"own {name}") for name in own_columns))

        def named(tree: Aggregate | Column, *, ahead: bool) -> str:
            if isinstance(tree, Column):
                return f"own {tree.name}"
            return next(
                aggregate.name for aggregate in windowed if aggregate.ahead == ahead and aggregate.aggregate == tree
            )

        asked = pl.lit(value=True)
        if self.where:
            asked = truth(self.where.tree, frame.schema, partial(named, ahead=False)).fill_null(value=False)
        answers = [pl.lit(moment, pl.Int64).alias(AT), asked.alias(ASKED)]
        if labelled:
            answers.append(value(self.predict.tree, frame.schema, partial(named, ahead=True)).alias(LABEL))
        return frame.select(ENTITY, *answers)

    def _events(self, aggregate: Aggregate) -> Events:
        if aggregate not in self._cached_events:
            bound = next(b for b in (self.predict, self.where) if b is not None and aggregate in b.paths)
            path = bound.paths[aggregate]
            self._cached_events[aggregate] = events(
                self.store, aggregate, path, [list(self.links).index(s) for s in path]
            )
        return self._cached_events[aggregate]

    def _all(self) -> list[Events]:
        bounds = [bound for bound in (self.predict, self.where) if bound is not None]
        return [self._events(aggregate) for bound in bounds for aggregate in bound.paths]


def asker(
    future: Future, tags: Mapping[str, TableTags], relationships: Sequence[Relationship], tables: Mapping[str, Path]
) -> Asker:
    """Bind a question to tables, given as raw snapshot directories. Raises what `bind_question` raises."""
    return Asker(**vars(bind_question(future, tags, relationships, tables)))
