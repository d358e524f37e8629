#!/bin/sh
# Owners out to a skip tracer, phones back in: skiptrace.sh out FILE, then skiptrace.sh back RETURNED_FILE.
# The column "Realestate Lead ID" has to come back as it went; vendors keep columns that they do not know.
set -eu
case $1 in
    out) realestate leads export --for skiptrace --min-score "${3:-0.3}" -o "$2" ;;
    back) realestate leads import "$2" ;;
    *) echo "usage: skiptrace.sh out FILE [SCORE] | back FILE" >&2; exit 2 ;;
esac
