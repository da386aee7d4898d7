"""From a model to statements: `Builder` shows them, `Plans` keeps them ready to run."""

from __future__ import annotations

from dotorm.builder.builder import Builder
from dotorm.builder.plan import Plan
from dotorm.builder.plans import Plans, plans_of
from dotorm.builder.request_builder import RequestBuilder, RequestBuilderForm
from dotorm.builder.rows import RowPlan, assigner, lay_out

__all__ = [
    "Builder",
    "Plan",
    "Plans",
    "RequestBuilder",
    "RequestBuilderForm",
    "RowPlan",
    "assigner",
    "lay_out",
    "plans_of",
]
