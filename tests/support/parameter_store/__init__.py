"""A local AWS Systems Manager Parameter Store for tests and the demo.

README.md beside this file shows its use.
"""

from .credentials import Credentials
from .json_text import AnswerStyle
from .paging import Paging
from .store import ParameterStore

__all__ = ["AnswerStyle", "Credentials", "Paging", "ParameterStore"]
