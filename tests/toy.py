"""A small project of toy stages, to test the behavior that all stages share."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from radix_assets.orchestration.assets import build_assets
from radix_assets.pipeline.output import Check, Markdown, Output, Table
from radix_assets.pipeline.stage import Stage, Tools, Work
from radix_assets.pipeline.tools import tools_of
from radix_assets.project.load import load_project
from radix_assets.project.settings import Project
from radix_resources.errors import SourceError
from radix_resources.home import Home


class Word(dg.Config):
    """The launchpad of the toy gate."""

    open: bool = False


@dataclass
class Toy:
    """The sources that the toy stages read, and the steps computed so far."""

    home: Home
    source: dict[str, str] = field(default_factory=lambda: {"a": "1", "b": "2"})
    open: bool = True
    during: Callable[[Work], None] = lambda _work: None
    computed: list[str] = field(default_factory=list)

    @property
    def tools(self) -> Tools:
        return tools_of(self.project, self.home)

    @property
    def project(self) -> Project:
        path = self.home.projects / "toy" / "project.yaml"
        if not path.exists():
            path.parent.mkdir(parents=True)
            sources = [{"table": table, "path": f"{table}.csv"} for table in self.source]
            path.write_text(yaml.safe_dump({"name": "toy", "sources": sources}))
        return load_project(path)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (
            Stage(
                "raw",
                "Raw {table}.",
                self._raw,
                per_table=True,
                external_state=self._outside,
                checks={"fine": "Is fine."},
            ),
            Stage("sum", "Sum.", self._sum, deps=("raw",)),
            Stage(
                "gate",
                "Gate.",
                self._gate,
                deps=("sum",),
                action="tag",
                external_state=lambda _work: self.open,
                pending_action=lambda _work: None if self.open else "open the gate",
                launchpad=lambda: Word,
                apply_config=self._before,
            ),
            Stage("end", "End.", self._end, deps=("gate",), optional_deps=("raw",)),
        )

    def materialize(self, instance: dg.DagsterInstance, *keys: str, **config: Any) -> dg.ExecuteInProcessResult:
        definitions = dg.Definitions(
            assets=build_assets(self.project, self.stages, self.tools),
            resources=self.tools.backends,
            executor=dg.in_process_executor,
        )
        return definitions.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            asset_selection=[dg.AssetKey(key.split("/")) for key in keys] or None,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}, **config},
            raise_on_error=False,
        )

    def read(self, name: str) -> Any:
        commit = self.tools.storage.latest(f"toy/{name}")
        return json.loads((self.tools.storage.path(commit) / "data.json").read_text()) if commit else None

    def _outside(self, work: Work) -> str:
        if work.table not in self.source:
            raise SourceError("RDX-SRC-001", f"no file for {work.table}", hint="bring it back")
        return self.source[work.table]

    def _raw(self, work: Work) -> Output:
        value = self._outside(work)
        if value == "bug":
            raise ValueError("a private value: 4711")
        return self._write(work, value, checks=[Check("fine", passed=value != "odd", description=f"it is {value}")])

    def _sum(self, work: Work) -> Output:
        return self._write(work, "+".join(self._load(path) for path in work.raw().values()))

    def _gate(self, work: Work) -> Output | None:
        return self._write(work, self._load(work.input("sum"))) if self.open else None

    def _before(self, _work: Work, word: Word | None) -> None:
        if word and word.open:
            self.open = True

    def _end(self, work: Work) -> Output:
        return self._write(work, self._load(work.input("gate")) + "!")

    def _write(self, work: Work, value: str, checks: list[Check] | None = None) -> Output:
        self.computed.append(work.step.name)
        (work.out / "data.json").write_text(json.dumps(value))
        self.during(work)
        shown = {"value": Markdown(f"**{value}**"), "table": Table([{"x": value, "y": 1.5}])}
        return Output(rows=1, shown=shown, checks=checks or [])

    @staticmethod
    def _load(path: Path) -> str:
        text: str = json.loads((path / "data.json").read_text())
        return text
