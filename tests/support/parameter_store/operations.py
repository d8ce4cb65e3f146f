"""From the name of an operation and its JSON to the JSON of the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from . import shapes
from .credentials import Credentials
from .errors import ServiceError
from .rates import WriteRate
from .reading import Reader
from .tagging import Tagger
from .writing import Writer

Document = dict[str, Any]


class Operations:
    """The table of what the service can do."""

    def __init__(self, reader: Reader, writer: Writer, tagger: Tagger, rate: WriteRate) -> None:
        self._rate = rate
        self._handlers: dict[str, Callable[[Credentials, Document], Document]] = {
            "GetParametersByPath": reader.get_parameters_by_path,
            "GetParameters": reader.get_parameters,
            "GetParameter": reader.get_parameter,
            "GetParameterHistory": reader.get_parameter_history,
            "DescribeParameters": reader.describe_parameters,
            "PutParameter": writer.put_parameter,
            "DeleteParameter": writer.delete_parameter,
            "DeleteParameters": writer.delete_parameters,
            "LabelParameterVersion": writer.label_parameter_version,
            "AddTagsToResource": tagger.add_tags_to_resource,
            "RemoveTagsFromResource": tagger.remove_tags_from_resource,
            "ListTagsForResource": tagger.list_tags_for_resource,
        }

    def perform(self, operation: str, body: bytes, caller: Credentials) -> Document:
        handler = self._handlers.get(operation)
        if handler is None:
            raise ServiceError("UnknownOperationException")
        if operation == "PutParameter" and not self._rate.take():
            raise ServiceError("ThrottlingException", "Rate exceeded")
        return handler(caller, shapes.check(operation, _parse(body)))


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise ServiceError("SerializationException") from None
