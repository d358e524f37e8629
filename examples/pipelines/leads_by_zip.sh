#!/bin/sh
# How many leads with two or more signals each ZIP code has, the most first; column 7 of the list is the ZIP.
set -eu
realestate leads list --min-signals 2 -o tsv | tail -n +2 | cut -f 7 | sort | uniq -c | sort -rn
