from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory


@pytest.fixture
def visit(rf: RequestFactory) -> Callable[[str], HttpRequest]:
    """A request for an address by nobody."""
    from django.contrib.auth.models import AnonymousUser

    def make(address: str = "/") -> HttpRequest:
        request = rf.get(address)
        request.user = AnonymousUser()
        return request

    return make


@pytest.fixture
def render(visit: Callable[[str], HttpRequest]) -> Callable[..., str]:
    """What a template's text becomes, with the components loaded."""

    def make(text: str, address: str = "/", **context: Any) -> str:
        template = engines["django"].from_string(f"{{% load components form_rows %}}{text}")
        return template.render(context, visit(address))

    return make
