"""Fixtures of the exchange's tests: desks of a post and of the province."""

import pytest

from tests.exchanging import new_desk, trust


@pytest.fixture
def post(tmp_path):
    """A desk of post BS."""
    with new_desk(tmp_path / "post", "post", "BS", 1) as desk:
        yield desk


@pytest.fixture
def province(tmp_path):
    """The province's desk, which does not know the post's yet."""
    with new_desk(tmp_path / "province", "province", "20", 2) as desk:
        yield desk


@pytest.fixture
def pair(post, province):
    """The desks of a post and of the province, which know each other."""
    trust(post, province)
    return post, province
