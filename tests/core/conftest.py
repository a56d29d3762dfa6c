"""Fixtures of the core's tests: a desk whose figures depend on a list of hamlets."""

import pytest

from tests.random_desks import desk_with_hamlets


@pytest.fixture(scope="session")
def hamlets_template(tmp_path_factory, province_template):
    """(folder, places) of a province desk with a list of hamlets: to be copied, not opened."""
    return desk_with_hamlets(province_template, tmp_path_factory.mktemp("hamlets"))
