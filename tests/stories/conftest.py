"""A second admin for the stories that need two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.stories.story import ADMIN, SECOND_ADMIN, shipped

if TYPE_CHECKING:
    from mailbot.core.people import People


@pytest.fixture
def two_admins() -> People:
    """The shipped people with two admins."""
    return replace(shipped()[0].people, admins=(ADMIN, SECOND_ADMIN))
