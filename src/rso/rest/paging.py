"""Long lists in pages, every one of the same shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

M = TypeVar("M", bound=Model)
T = TypeVar("T")

MOST_A_PAGE = 200


class Paging(Schema):
    """Which page a caller wants; use as ``paging: Query[Paging]``."""

    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(50, ge=1, le=MOST_A_PAGE)


class Page(Schema, Generic[T]):
    """A page of a list; use as ``response=Page[Row]``. A page past the end is empty, and no error."""

    items: list[T]
    page: int
    pages: int
    total: int


def page_of(found: QuerySet[M], paging: Paging, make: Callable[[M], T]) -> dict[str, Any]:
    """The page of ``found`` (which must have an order), each row through ``make``."""
    if not found.ordered:
        raise ValueError("a list without an order has no pages")
    paginator = Paginator(found, paging.size)
    rows = paginator.page(paging.page).object_list if paging.page <= paginator.num_pages else []
    return {
        "items": [make(row) for row in rows],
        "page": paging.page,
        "pages": paginator.num_pages,
        "total": paginator.count,
    }
