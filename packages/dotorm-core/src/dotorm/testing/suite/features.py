"""The declaration itself, and looking behind every flag that is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.testing.cases import Profile, case, honesty

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage

_NEEDS = {
    "savepoints": "transactions",
    "transactional_ddl": "transactions",
    "read_only_transactions": "transactions",
    "isolation_levels": "transactions",
    "row_locks": "transactions",
    "null_arrays": "arrays",
    "upsert": "unique_constraints",
    "alter_constraints": "foreign_keys",
    "bulk_keys": "autoincrement",
}
_PROFILES: dict[str, Profile] = {
    "returning": "core",
    "autoincrement": "core",
    "list_parameters": "core",
    "counts_writes": "core",
    "required_values": "core",
    "arrays": "core",
    "null_arrays": "core",
    "foreign_keys": "relational",
    "unique_constraints": "relational",
    "bulk_keys": "bulk",
    "upsert": "bulk",
    "streaming": "bulk",
    "alter_constraints": "ddl",
    "transactional_ddl": "ddl",
    "window_functions": "olap",
    "transactions": "transactional",
    "savepoints": "transactional",
    "read_only_transactions": "transactional",
    "row_locks": "transactional",
}

_ONLY_WITH = {"null_arrays": ("arrays",)}

honest_cases = [
    honesty(flag, profile, *_ONLY_WITH.get(flag, ())) for flag, profile in _PROFILES.items()
]


@case("core", profile="core")
async def what_is_declared_goes_together(stage: Stage) -> None:
    features = stage.features
    for name, needed in _NEEDS.items():
        assert not getattr(features, name) or getattr(features, needed), f"{name} needs {needed}"
    assert features.max_parameters >= 100
    assert features.max_identifier_bytes >= 30
    assert all(level == level.lower() for level in features.isolation_levels)
