"""How the API reads the JSON that it is sent."""

import json
from decimal import Decimal
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant


class ExactJSONParser(JSONParser):
    """Numbers are exact as they are written: read as binary ones, 0.1 would be 0.1000000000000000055."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            return json.loads(stream.read().decode(encoding), parse_float=Decimal, parse_constant=strict_constant)
        except (ValueError, LookupError) as error:
            raise ParseError(f"JSON parse error - {error}") from None
