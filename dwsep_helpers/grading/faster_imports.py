"""Importing this first makes what comes after import faster: two seconds, where all are installed.

nbformat imports jsonschema, and that whatever is installed to check some kinds of text with: the
grammar of internationalized addresses alone takes it two seconds to build. Notebooks have no use
for these. With None in its place, an import fails, which to jsonschema means that it isn't there.
"""

import sys

for name in ("isoduration", "rfc3986_validator", "rfc3987_syntax"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None: "is not there"
