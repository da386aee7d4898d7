"""Settings, checked when they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from dotorm.url import URL

__all__ = ["ContainerSettings", "PoolSettings", "Seconds"]

type Seconds = Annotated[float, Field(gt=0)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConfigurationError(_in_words(type(self), error)) from None


class PoolSettings(_Settings):
    """What every pool of connections can be told; a backend adds its own.

    Every setting can be given in the URL: ``?max_size=20&acquire_timeout=5``. An unknown one is
    an error that lists those there are.

    Attributes:
        min_size: Connections opened at the start, and never closed for being unused. Those that
            are lost or reach ``max_lifetime`` are not opened again until they are needed.
        max_size: The most connections at once.
        acquire_timeout: Seconds to wait for a free connection.
        connect_timeout: Seconds for opening one connection.
        command_timeout: Seconds to wait for the answer to one statement; None waits for ever.
        reconnect_timeout: Seconds to keep trying while the server refuses connections; 0 tries
            once.
        idle_timeout: Seconds after which an unused connection beyond ``min_size`` is closed.
        max_lifetime: Seconds after which a connection is used no more: whoever would have got it
            closes it and opens a new one.
        check_after: Seconds of rest after which a connection is asked for a sign of life before
            it is used again.
        close_timeout: Seconds that closing waits for connections in use.
    """

    min_size: int = Field(default=0, ge=0)
    max_size: int = Field(default=10, ge=1)
    acquire_timeout: Seconds = 30.0
    connect_timeout: Seconds = 10.0
    command_timeout: Seconds | None = None
    reconnect_timeout: float = Field(default=0.0, ge=0)
    idle_timeout: Seconds = 300.0
    max_lifetime: Seconds = 3600.0
    check_after: Seconds = 30.0
    close_timeout: Seconds = 10.0

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        if self.min_size > self.max_size:
            raise ValueError(f"min_size={self.min_size} is more than max_size={self.max_size}")
        return self

    @classmethod
    def from_url(cls, url: URL, **overrides: Any) -> Self:
        """The settings that a URL gives, and those given by name, which win.

        Raises:
            ConfigurationError: A setting is unknown or has a wrong value.
        """
        return cls(**{**cls.url_parts(url), **url.options, **overrides})

    @classmethod
    def url_parts(cls, url: URL) -> dict[str, Any]:
        """The settings in the URL before its question mark; each backend says which those are."""
        return {}

    @property
    def copies(self) -> bool:
        """Whether these connections can stream rows into a table, if the dialect knows how."""
        return False

    def of_existing(self) -> Self:
        """These settings, but connecting makes no database: one that is missing is an error.

        A backend whose databases come to be by connecting to them overrides it.

        Raises:
            ConnectionFailed: There is no such database, if the settings tell.
        """
        return self


class ContainerSettings(_Settings):
    """How a container connects.

    Attributes:
        driver: The driver's name; None takes the backend's own choice.
        reconnect_timeout: Seconds to keep trying while the server refuses connections.
    """

    driver: str | None = None
    reconnect_timeout: float = Field(default=0.0, ge=0)


def _in_words(settings: type[BaseModel], error: ValidationError) -> str:
    problems = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"]) or "the settings"
        if problem["type"] == "extra_forbidden":
            known = ", ".join(sorted(settings.model_fields))
            problems.append(f"there is no setting {name!r}; there are {known}")
        else:
            problems.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
    return f"{settings.__name__}: " + "; ".join(problems)
