#!/bin/sh
# From a bare machine with Python to a scored list: install, start the database, import, score, explain.
set -eu
cd "$(dirname "$0")/.."
. examples/setup.sh
set_up base
realestate=.venv/bin/realestate

$realestate db init
$realestate leads import examples/lists/*.csv
$realestate leads list --limit 5
top=$($realestate leads list --limit 1 -o tsv | tail -n 1 | cut -f 1)
$realestate leads why "$top"
$realestate doctor
