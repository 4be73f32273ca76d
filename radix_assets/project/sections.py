"""The sections of project.yaml about the goal, the decisions, the search and the cost, typed and validated."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    field_validator,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from radix_assets.project.learner_names import check_learner
from radix_assets.question.horizon import Future, future_of
from radix_resources.errors import ConfigError


class Section(BaseModel):
    """A mapping of the file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Question = Annotated[
    Annotated[str, Tag("text")] | Annotated[Future, Tag("question")],
    Discriminator(lambda target: "text" if isinstance(target, str) else "question"),
]


class Goal(Section):
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


class Policy(Section):
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


class Search(Section):
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


class Budget(Section):
    """The limits of cost; a step that would exceed one fails before it starts."""

    dollars_per_month: float | None = Field(None, ge=0, description="Limit of all costs in a month.")
    search_minutes: float | None = Field(None, ge=0, description="Limit of each search for a model.")
    gigabytes: float | None = Field(None, ge=0, description="Limit of all that is stored for the project.")

    @property
    def limited(self) -> bool:
        """Return whether any limit is set."""
        return any(limit is not None for limit in self.model_dump().values())
