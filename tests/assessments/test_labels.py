"""What an item is called, wherever it is named without the items around it: in a query, the trail, a list of errors."""

from collections import Counter

import pytest

from assessments.catalogue import CATALOGUE
from assessments.items import items_of


@pytest.mark.parametrize("code", CATALOGUE)
def test_no_two_items_of_a_form_have_one_label(code):
    for model in filter(None, (CATALOGUE[code].record, CATALOGUE[code].rows)):
        labels = Counter(str(field.verbose_name) for field, _ in items_of(model))
        assert [label for label, times in labels.items() if times > 1] == []
