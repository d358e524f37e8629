# Sourced by the scripts beside it: makes .venv and installs what is asked for, once per change.

find_python() {
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Python 3.11 or newer is needed: install it (Debian: apt-get install python3 python3-venv, macOS: brew install python)." >&2
    exit 1
}

# set_up base|tests: the locked packages, then this project itself, editable.
set_up() {
    wanted=requirements.lock
    [ "$1" = tests ] && wanted=tests/requirements.lock
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "Python lacks ensurepip: install python3-venv (Debian: apt-get install python3-venv) and run this again." >&2
        exit 1
    fi
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    sum=$(cat "$wanted" pyproject.toml | cksum)
    if [ "$(cat .venv/installed-$1 2>/dev/null)" != "$sum" ]; then
        echo "Installing (once; takes a minute or two) ..." >&2
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
        .venv/bin/python -m compileall -q src || true
        echo "$sum" > ".venv/installed-$1"
    fi
}
