#!/bin/sh
# Sets everything up in .venv and runs the tests; further arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
. examples/setup.sh
set_up tests
exec .venv/bin/python -m pytest "$@"
