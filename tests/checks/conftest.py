import pytest


@pytest.fixture
def trial(db):
    # Read when Django is set up, which it is not yet when this file is.
    from tests.cast import Trial

    return Trial()
