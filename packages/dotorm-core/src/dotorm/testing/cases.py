"""Cases: functions that show what a backend promises, each bound to the features it needs."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, get_args

from dotorm.components.features import Features
from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from dotorm.testing.stage import Stage

__all__ = [
    "CORE",
    "FEATURES",
    "FLAGS",
    "PROFILES",
    "Case",
    "Kind",
    "Profile",
    "Show",
    "case",
    "cases_of",
    "honesty",
    "refusal",
]

type Profile = Literal["core", "relational", "transactional", "ddl", "bulk", "olap", "types"]
type Kind = Literal["shows", "refuses", "honest"]
type Show = Callable[[Stage], Awaitable[None]]

PROFILES: tuple[str, ...] = get_args(Profile.__value__)
"""The groups in which the cases are counted."""
CORE = "core"
"""What a case is bound to that every backend must pass."""
FEATURES = tuple(field.name for field in fields(Features))
"""The names of all features."""
FLAGS = tuple(name for name in FEATURES if isinstance(getattr(Features(), name), bool))
"""The names of those that are on or off."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One case.

    Attributes:
        name: What it shows.
        kind: ``shows`` that the features work, ``refuses`` what the backend declares off, or
            looks whether it is ``honest`` about a flag that is off.
        profile: The group in which it is counted.
        needs: The features that must be on; none for what every backend must do.
        off: The feature that must be off.
        connections: How many connections the database must be able to have at once.
        function: The case itself; an honest one has none.
    """

    name: str
    kind: Kind
    profile: Profile
    needs: tuple[str, ...] = ()
    off: str | None = None
    connections: int = 1
    function: Show | None = None

    @property
    def id(self) -> str:
        """The profile and the name, which no other case has."""
        return f"{self.profile}.{self.name}"

    @property
    def bound_to(self) -> tuple[str, ...]:
        """The features that it is about; ``core`` for what every backend must do."""
        return tuple(name for name in (*self.needs, self.off) if name) or (CORE,)

    def inapplicable(self, features: Features, connections: int) -> str | None:
        """Why it says nothing about a backend; None if it does.

        Args:
            features: What the backend declares.
            connections: How many connections its database can have at once.
        """
        for name in self.needs:
            if not getattr(features, name):
                return f"needs {name}, which is declared off"
        if self.off is not None and getattr(features, self.off):
            return f"{self.off} is declared on"
        if connections < self.connections:
            return f"needs {self.connections} connections, the database has {connections}"
        return None


def case(*bound_to: str, profile: Profile, connections: int = 1) -> Callable[[Show], Case]:
    """Make a function a case that shows that something works.

    Args:
        bound_to: The features that it needs, or ``"core"`` for what every backend must do.
        profile: The group in which it is counted.
        connections: How many connections it needs at once.

    Raises:
        ConfigurationError: It is bound to nothing, or to no feature there is.
    """
    return _maker("shows", bound_to, profile, connections=connections)


def refusal(
    off: str, *needs: str, profile: Profile, connections: int = 1
) -> Callable[[Show], Case]:
    """Make a function a case that shows what becomes of calls for a feature declared off.

    Args:
        off: The feature.
        needs: The features that it needs to ask.
        profile: The group in which it is counted.
        connections: How many connections it needs at once.
    """
    return _maker("refuses", (off, *needs), profile, connections=connections)


def honesty(flag: str, profile: Profile, *needs: str) -> Case:
    """The case that a flag is off because it would not work, where what it needs is on."""
    name = f"{flag}_is_off_for_a_reason"
    return Case(name=name, kind="honest", profile=profile, off=flag, needs=needs)


def cases_of(modules: Iterable[ModuleType]) -> list[Case]:
    """The cases of modules, in the order in which they are written.

    Raises:
        ConfigurationError: A public function among them is bound to nothing, or two have one name.
    """
    found: dict[str, Case] = {}
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, Case):
                if found.setdefault(value.id, value) is not value:
                    raise ConfigurationError(f"two cases are called {value.id}")
            elif _is_unbound(module, name, value):
                raise ConfigurationError(
                    f"{module.__name__}.{name} is bound to nothing: name the features that it "
                    f"needs with @case(…), or {CORE!r}"
                )
    return list(found.values())


def _maker(
    kind: Kind, bound_to: tuple[str, ...], profile: Profile, *, connections: int
) -> Callable[[Show], Case]:
    def make(function: Show) -> Case:
        name = getattr(function, "__name__", repr(function))
        _check(name, bound_to, profile)
        off = bound_to[0] if kind == "refuses" else None
        needs = tuple(feature for feature in bound_to if feature not in (CORE, off))
        return Case(
            name=name,
            kind=kind,
            profile=profile,
            needs=needs,
            off=off,
            connections=connections,
            function=function,
        )

    return make


def _check(name: str, bound_to: tuple[str, ...], profile: str) -> None:
    if not bound_to or not all(isinstance(feature, str) for feature in bound_to):
        raise ConfigurationError(
            f"the case {name} is bound to nothing: name the features that it needs, or {CORE!r}"
        )
    if CORE in bound_to and len(bound_to) > 1:
        raise ConfigurationError(f"the case {name} is bound to {CORE!r} and to features: choose")
    unknown = set(bound_to) - {CORE, *FEATURES}
    if unknown:
        raise ConfigurationError(
            f"the case {name} is bound to {', '.join(sorted(unknown))}, which is no feature; "
            f"there are {', '.join(FEATURES)}"
        )
    if profile not in PROFILES:
        raise ConfigurationError(f"the case {name}: {profile!r} is none of {', '.join(PROFILES)}")


def _is_unbound(module: ModuleType, name: str, value: object) -> bool:
    return (
        not name.startswith("_")
        and inspect.isfunction(value)
        and value.__module__ == module.__name__
    )
