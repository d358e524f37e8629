#!/bin/sh
# From a bare machine with Python to a scored list and a priced house: install, import, score, explain, look at photos.
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

# The photos are drawn ones; the report is one HTML file that needs nothing else to be shown.
mkdir -p demo
$realestate analyze examples/photos --sqft 1400 --report demo/report.html
$realestate doctor
