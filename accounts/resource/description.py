"""The address that hands out the description of the API."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from accounts.resource.parameters import check_parameters


class Description(SpectacularAPIView):
    """In YAML, or as `Accept` asks."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_parameters(request, ("lang",))
