#!/bin/sh
# Print the path of a Python that can run the course: 3.11 or newer, with venv.
#
#   sh tools/find_python.sh [PYTHON]
#
# Candidates are run, not looked up: a pyenv shim or macOS's stub has the name and
# fails when run. PYTHON, when given, is the only candidate.
set -u

candidates=${1:-python3.11 python3.12 python3.13 python3.14 python3 python}
old= without_venv=

IFS=' '
[ -n "${1:-}" ] && IFS=  # a path given by hand may hold spaces
for name in $candidates; do
    version=$("$name" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
    if ! "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        old=${old:-$name is $version}
    elif ! "$name" -c 'import venv, ensurepip' 2>/dev/null; then
        without_venv=${without_venv:-$name}
    else
        "$name" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done

{
    echo
    if [ -n "$without_venv" ]; then
        echo "$without_venv is there, but without the part of Python that makes virtual environments."
        echo "On Debian and Ubuntu that part is a package of its own: sudo apt install python3-venv"
        echo "Or name another Python: make lab PYTHON=/path/to/python3.11"
    else
        if [ -n "${1:-}" ]; then
            echo "The course needs Python 3.11 or newer, and PYTHON=$1 is not that (${old:-it does not run})."
        else
            echo "The course needs Python 3.11 or newer, and none was found${old:+ ($old)}."
        fi
        echo "Install one from https://www.python.org/downloads/ or name yours: make lab PYTHON=/path/to/python3.11"
    fi
    echo
} >&2
exit 1
