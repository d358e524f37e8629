#!/bin/sh
# A list that another program sends, here an unpacked one; on standard input it has no name, so it is given one.
set -eu
gzip -dc "$1" | realestate leads import - --list "${2:-from a pipe}"
