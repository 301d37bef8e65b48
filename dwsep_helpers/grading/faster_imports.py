"""Importing this first makes what comes after import two seconds faster.

nbformat imports jsonschema, and that, where rfc3987_syntax is installed, builds a grammar of
internationalized addresses to check some with. Notebooks have no use for it. With None in its
place, the import fails, which to jsonschema means that it isn't installed.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: "is not there"
