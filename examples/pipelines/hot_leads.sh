#!/bin/sh
# The best leads as a table of id, score and address: JSON lines into jq, or into Python where jq is not installed.
set -eu
score=${1:-0.7}
realestate leads list --min-score "$score" -o jsonl |
    if command -v jq > /dev/null 2>&1; then
        jq -r '[.id, .score, .address, .zip] | @tsv'
    else
        python3 -c '
import json, sys
for line in sys.stdin:
    lead = json.loads(line)
    print(lead["id"], lead["score"], lead["address"], lead["zip"], sep="\t")'
    fi
