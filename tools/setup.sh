#!/bin/sh
# Make .venv hold exactly what constraints.txt locks. Run by make, from the root.
#
#   PYTHON        the Python to build on; default: the first that tools/find_python.sh finds
#   TORCH_INDEX   take torch from this package index; default: where pip takes everything
#
# May be run again after a failure: pip goes on where it stopped.
set -eu

log=.venv/setup.log
quiet='--quiet --progress-bar off'
if [ -t 1 ]; then quiet=; fi  # a person sees pip's progress bars, a log file doesn't

fail() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    printf '\n' >&2
    exit 1
}

# Words that pip leaves in its log when it reached no index, or no room.
unreachable='NewConnectionError|NameResolutionError|ProxyError|ConnectTimeoutError|ReadTimeoutError|ConnectionResetError|Max retries exceeded|Temporary failure in name resolution|from versions: none'

install() {
    .venv/bin/python -m pip install --disable-pip-version-check $quiet --log "$log" "$@" && return
    if grep -q 'No space left on device' "$log"; then
        fail "The disk is full: the course's packages did not fit (they take about 3 GB)."
    elif grep -qE "$unreachable" "$log"; then
        fail "The course's packages could not be downloaded: pip reached no package index." \
             "Check the network (and the proxy, if you use one), then run the same command again." \
             "What pip said is in $log."
    fi
    fail "pip could not install the packages that constraints.txt locks ($(.venv/bin/python --version)" \
         "here; the lock is tested on 3.11 and made to fit 3.12 and 3.13). What pip said is in $log."
}

# A virtual environment knows its own path: one that was moved, or that lost its Python
# to an upgrade, is built anew.
if [ "$(cat .venv/home 2>/dev/null)" != "$(pwd -P)" ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(sh tools/find_python.sh "${PYTHON:-}")
    echo "Setting up .venv with $python (once; a few minutes, most of it torch)"
    "$python" -m venv --clear .venv
    pwd -P >.venv/home
else
    echo "Bringing .venv up to date"
fi
: >"$log"

if [ -n "${TORCH_INDEX:-}" ]; then
    # Torch alone: its own requirements come from the usual index in the next step.
    install --no-deps --index-url "$TORCH_INDEX" --constraint constraints.txt torch
fi
install --constraint constraints.txt --editable '.[all]'
