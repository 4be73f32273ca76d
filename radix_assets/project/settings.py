"""The project file, `projects/<name>/project.yaml`, typed and validated."""

import difflib
import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from radix_assets.project.cron import is_cron
from radix_assets.project.learner_names import check_learner
from radix_assets.project.text import place_of, read_settings
from radix_assets.question.horizon import Future, future_of
from radix_assets.sources.kinds.base import Source
from radix_assets.sources.kinds.registry import AnySource, kind_of_settings
from radix_resources.credentials.lookup import REFERENCE
from radix_resources.errors import ConfigError
from radix_resources.providers.base import ProviderSettings
from radix_resources.providers.names import DEFAULT
from radix_resources.providers.registry import find_provider

PROJECT_FILE = "project.yaml"
TAGS_FILE = "tags.yaml"
DESTROYED = ".destroyed"
"""A file in the folder of a destroyed project, which is ignored until a user runs it again."""
INFRASTRUCTURE = "infra"
"""The first part of the asset keys of provisioned infrastructure; a project cannot have this name."""

_OWNER = r"team:\S+|[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}"
"""The pattern of an asset's owner in Dagster."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Question = Annotated[
    Annotated[str, Tag("text")] | Annotated[Future, Tag("question")],
    Discriminator(lambda said: "text" if isinstance(said, str) else "question"),
]


class Goal(_Strict):
    """The prediction goal."""

    target: Question | None = Field(
        None,
        description="table.column, a comparison such as 'flights.arr_delay > 15', or what will happen: "
        "{for_each, predict, within, every, where}; suggested if omitted.",
    )

    @field_validator("target", mode="before")
    @classmethod
    def _question(cls, value: Any) -> Any:
        return future_of(value) if isinstance(value, str) and value.lstrip().startswith("{") else value

    problem: Literal["binary", "multiclass", "regression", "count", "ordinal", "forecasting"] | None = Field(
        None, description="The kind of problem; derived from the target if omitted."
    )


class Policy(_Strict):
    """Which decisions require a user's approval."""

    tags: Literal["human", "auto"] = Field(
        "human", description="human: wait until the tags are confirmed; auto: accept the suggestions."
    )
    accept_above: float = Field(
        0.0, ge=0, le=1, description="With auto: wait anyway if the target is suggested with less confidence."
    )
    deploy: Literal["human", "auto"] = Field(
        "auto", description="human: a model goes live after `radix approve`; auto: as soon as it beats the champion."
    )
    delete: Literal["human", "auto"] = Field(
        "auto", description="human: `radix destroy` asks at a terminal; --yes-delete-data does not suffice."
    )


class Search(_Strict):
    """The extent of the search for a model."""

    trials: int = Field(16, ge=1, le=10_000, description="Configurations to try; nothing else limits the search.")
    seed: int = Field(0, ge=0, description="The same seed and data give the same model.")
    learners: list[str] | None = Field(
        None,
        min_length=1,
        description="Learners to try, in this order, such as [lgbm, linear]; an installed package may offer others. "
        "Default: those that Radix ships.",
    )

    @field_validator("learners")
    @classmethod
    def _distinct(cls, learners: list[str] | None) -> list[str] | None:
        if learners is not None and len(set(learners)) < len(learners):
            raise ValueError("a learner is listed twice")
        for name in learners or []:
            try:
                check_learner(name)
            except ConfigError as error:
                raise PydanticCustomError("unknown_name", "{found}", error.attrs()) from None
        return learners

    @model_serializer(mode="wrap")
    def _without_default(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the learners out unless the file lists some, so that marks and fingerprints of other files stay."""
        content: dict[str, Any] = serialize(self)
        if self.learners is None:
            content.pop("learners", None)
        return content


class Infrastructure(_Strict):
    """Where the project runs. Further keys are settings of its provider."""

    model_config = ConfigDict(extra="allow")

    provider: str = Field(
        DEFAULT, description="local: this machine, nothing to install; or an installed provider.", examples=[DEFAULT]
    )
    endpoint_hours: float | None = Field(
        None, gt=0, description="Hours after which the endpoint is stopped; `radix up` starts it again."
    )

    @field_validator("provider")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            return find_provider(name).name
        except ConfigError as error:
            if error.code != "RDX-CFG-003":
                raise
            raise PydanticCustomError("unknown_name", "{found}", error.attrs()) from None

    @model_validator(mode="after")
    def _settings_of_provider(self) -> "Infrastructure":
        self.settings  # noqa: B018 raises a ValidationError, whose locations are below this model
        return self

    @property
    def settings(self) -> ProviderSettings:
        """The settings of the provider. Raise pydantic's ValidationError if they are not valid."""
        return find_provider(self.provider).settings.model_validate(self.model_extra or {})


class Spark(_Strict):
    """An existing Spark cluster."""

    master: str = Field(
        description="spark://host:7077, k8s://https://host:6443, sc://host:15002 (Connect), or for tests "
        "local-cluster[2,1,1024]: two worker processes here."
    )
    config: dict[str, str | int | float | bool] = Field({}, description="Spark's own settings.")

    @field_validator("master")
    @classmethod
    def _address(cls, master: str) -> str:
        if not re.match(r"^((spark|k8s|sc)://\S+|local-cluster\[\d+,\d+,\d+\]|yarn)$", master):
            raise ValueError("an address begins with spark://, k8s:// or sc://")
        if any(not REFERENCE.fullmatch(value) for value in re.findall(r"token=([^;]+)", master)):
            raise ValueError("the address holds a token; write ${NAME} in its place, then: radix credentials set NAME")
        return master

    @field_validator("config")
    @classmethod
    def _no_secret(cls, config: dict[str, str | int | float | bool]) -> dict[str, str | int | float | bool]:
        for key, value in config.items():
            if re.search(r"password|secret|token", key, re.IGNORECASE) and not REFERENCE.fullmatch(str(value)):
                raise ValueError(f"{key} is a secret; write ${{NAME}} in its place, then: radix credentials set NAME")
        return config


class Compute(_Strict):
    """The engine that computes profiles, label tables and features."""

    engine: Literal["auto", "polars", "spark"] = Field(
        "auto", description="auto: Spark if a cluster is named and the data do not fit into this machine's memory."
    )
    spark: Spark | None = Field(None, description="The cluster.")

    @model_validator(mode="after")
    def _cluster(self) -> "Compute":
        if self.engine == "spark" and self.spark is None:
            raise ValueError("engine: spark requires a cluster; name it: spark: {master: spark://host:7077}")
        return self


class Budget(_Strict):
    """The limits of cost; a step that would exceed one fails before it starts."""

    dollars_per_month: float | None = Field(None, ge=0, description="Limit of all costs in a month.")
    search_minutes: float | None = Field(None, ge=0, description="Limit of each search for a model.")
    gigabytes: float | None = Field(None, ge=0, description="Limit of all that is stored for the project.")

    @property
    def limited(self) -> bool:
        """Return whether any limit is set."""
        return any(limit is not None for limit in self.model_dump().values())


class Project(_Strict):
    """A project: its data, its question and its rules."""

    name: str = Field(description="Letters, digits and underscores; equals the folder's name.")
    description: str = Field("", description="One sentence for the people who see it in the UI.")
    sources: list[AnySource] = Field(description="Where the tables come from.", min_length=1)
    goal: Goal = Goal()
    schedule: str | None = Field(None, description="Cron expression of the regular full run, such as '0 5 * * *'.")
    policy: Policy = Policy()
    search: Search = Search()
    infrastructure: Infrastructure = Infrastructure()
    compute: Compute = Compute()
    budget: Budget = Budget()
    owners: list[str] = Field([], description="Who answers for its assets: e-mail addresses, or team:NAME.")
    folder: Annotated[Path, Field(exclude=True, description="Where the file is; set by the loader.")] = Path()

    @field_validator("name")
    @classmethod
    def _name(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ValueError("a name has letters, digits and underscores only, and starts with a letter")
        if name.lower() == INFRASTRUCTURE:
            raise ValueError("the name is reserved for provisioned infrastructure")
        return name

    @field_validator("owners")
    @classmethod
    def _owners(cls, owners: list[str]) -> list[str]:
        for owner in owners:
            if not re.fullmatch(_OWNER, owner):
                raise ValueError(f"{owner!r} is not an e-mail address or team:NAME")
        return owners

    @field_validator("schedule")
    @classmethod
    def _cron(cls, schedule: str | None) -> str | None:
        if schedule is not None and not is_cron(schedule):
            raise ValueError("a cron expression has five fields, such as '0 5 * * *', each within its range")
        return schedule

    @model_validator(mode="after")
    def _distinct_tables(self) -> "Project":
        table_of_slug: dict[str, str] = {}
        for table in self.tables:
            earlier = table_of_slug.setdefault(slug(table), table)
            if earlier != table or self.tables.count(table) > 1:
                raise ValueError(f"the tables {earlier!r} and {table!r} have the same name")
        return self

    @property
    def tables(self) -> list[str]:
        """The names of all tables, in the order of the file."""
        return [table for source in self.sources for table in source.list_tables()]

    @property
    def tags_path(self) -> Path:
        """The path of tags.yaml."""
        return self.folder / TAGS_FILE

    @property
    def mark(self) -> str:
        """Hash of the settings that results may depend on; comments, owners and the order of the file do not count."""
        return hashlib.sha256(self.model_dump_json(exclude={"owners"}).encode()).hexdigest()[:16]

    def source_of(self, table: str) -> Source:
        """Return the source that declares a table. Raise KeyError if none does."""
        for source in self.sources:
            if table in source.list_tables():
                return source
        raise KeyError(table)

    def key(self, *parts: str) -> str:
        """Return an asset key of this project: for "raw" and "Order Details", `shop/raw/Order_Details`."""
        return "/".join([self.name, *(slug(part) for part in parts)])


def names_a_cluster(project: Project) -> bool:
    """Return whether steps may be computed on a cluster, and so need the credentials of its address and settings."""
    return project.compute.spark is not None


def slug(name: str) -> str:
    """Return a name as a part of an asset key: ASCII letters, digits and underscores."""
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "table"


def load_project(path: Path) -> Project:
    """Read and validate a project file.

    Raise ConfigError RDX-CFG-001 (no such file), RDX-CFG-002 (not YAML) or RDX-CFG-003 (not a valid project), each
    with the file, the line, what was found and what is allowed.
    """
    text, content = read_settings(path)
    if not isinstance(content, dict):
        raise ConfigError(
            "RDX-CFG-003",
            "the file holds no settings",
            expected="sources: and goal:",
            hint="see docs/project-file.md",
            file=path,
        )
    try:
        project = Project.model_validate({"name": path.parent.name, **content, "folder": path.parent})
    except ValidationError as error:
        raise _explain(error, text, path, content) from None
    except ConfigError as error:  # of a kind of source that cannot be used
        error.context.setdefault("file", path)
        raise
    if project.name != path.parent.name:
        raise ConfigError(
            "RDX-CFG-003",
            f"the name is {project.name!r}",
            expected=f"the folder's name, {path.parent.name!r}",
            hint="rename one of them",
            file=path,
            **place_of(text, ("name",)),
        )
    return project


def project_in(content: dict[str, Any], file: Path) -> Project:
    """Build the project whose settings are below `attributes:` of a component's file; its folder holds the tags.

    Raise ConfigError RDX-CFG-003 as `load_project` does.
    """
    try:
        return Project.model_validate({"name": file.parent.name, **content, "folder": file.parent})
    except ValidationError as error:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        source = "" if "\n---" in text else text  # several components share the file
        raise _explain(error, source, file, content, below=("attributes",)) from None


def load_projects(root: Path) -> tuple[list[Project], dict[str, ConfigError]]:
    """Load all projects below a folder. Return them, and by name the errors of those that cannot be loaded."""
    good, broken = [], {}
    for path in sorted(root.glob(f"*/{PROJECT_FILE}")):
        try:
            good.append(load_project(path))
        except ConfigError as error:
            broken[path.parent.name] = error
    return good, broken


def _explain(
    error: ValidationError, text: str, path: Path, content: dict[str, Any], below: tuple[str, ...] = ()
) -> ConfigError:
    """Describe the first mistake in the words of the file."""
    first = error.errors()[0]
    loc = first["loc"]
    where = loc[:2] + loc[3:] if loc[:2] == ("goal", "target") else loc
    name = ".".join(str(part) for part in where) or "the project"
    if first["type"] == "extra_forbidden":
        names = _fields(where[:-1], content)
        near = difflib.get_close_matches(str(where[-1]), names, n=1)
        found, expected = f"{name} is not a setting", f"one of {', '.join(names)}"
        hint = f"did you mean {near[0]}?" if near else "remove it, or use one of these names"
    elif first["type"] == "missing":
        found, expected, hint = f"{name} is missing", "it is required", f"add {where[-1]}:"
    elif first["type"] == "unknown_name":
        found, expected, hint = (str(first["ctx"][part]) for part in ("found", "expected", "hint"))
    else:
        message = first["msg"].removeprefix("Value error, ")
        shown = "" if where and where[0] == "sources" else f" (found {first['input']!r})"
        found, expected, hint = f"{name}{shown}: {message}", "", "fix the line"
        if first["type"] in {"literal_error", "greater_than_equal", "less_than_equal"}:
            found, expected = f"{name} is {first['input']!r}", message.removeprefix("Input should be ")
    return ConfigError("RDX-CFG-003", found, expected=expected, hint=hint, file=path, **place_of(text, below + where))


def _fields(where: tuple[Any, ...], content: dict[str, Any]) -> list[str]:
    """Return the names of the settings that are allowed in a mapping of the file, such as ("policy",)."""
    model: type[BaseModel] = Project
    parts = list(where)
    if parts[:1] == ["sources"]:
        model = kind_of_settings(content["sources"][parts[1]])
        del parts[:2]
    fields = dict(model.model_fields)
    for part in parts:
        annotation = fields[str(part)].annotation
        for candidate in (annotation, *get_args(annotation)):
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                model = candidate
        fields = dict(model.model_fields)
        if model is Infrastructure:
            provider = content["infrastructure"].get("provider", DEFAULT)
            fields |= find_provider(provider).settings.model_fields
    return sorted({field.alias or name for name, field in fields.items()} - {"folder"})
