"""Importing this first makes what comes after import four seconds faster.

nbformat imports jsonschema, and that, where rfc3987_syntax is installed, builds a grammar of
internationalized addresses to check some with. Notebooks have no use for it. With None in its
place, the import fails, which to jsonschema means that it isn't installed.

nbgrader imports what it adds to Jupyter's server, and with it that server, whatever part of
nbgrader is asked for. Here those come in when a server loads them.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: "is not there"


class _Extension(ModuleType):
    """Stands for one of nbgrader's extensions of the server until it is loaded."""

    def load_jupyter_server_extension(self, server: Any) -> None:
        """Import the real one, and have it load."""
        sys.modules.pop(self.__name__)
        import_module(self.__name__).load_jupyter_server_extension(server)


for name in ("assignment_list", "course_list", "validate_assignment", "formgrader"):
    name = f"nbgrader.server_extensions.{name}"
    sys.modules.setdefault(name, _Extension(name))
