#!/bin/sh
# Every night: import what is new in a folder, score, export the leads that are new.
#
#   nightly.sh INBOX OUTBOX
#
# INBOX holds the lists as they were downloaded; they stay there, and one that changes is imported again. OUTBOX gets
# a file of the new leads, where there are any. Nothing is asked and nothing printed unless something went wrong, so
# cron mails only then; OUTBOX/.nightly holds the log (nightly.log, one line per stage) and the details of each stage.
#
# REALESTATE   the command, where it is not on the PATH
# WAIT         how long to wait for an import that is at work (5m)
#
# Exit code: 0 done; 3 done, but a file or some rows were left out (the log says which); 75 another run is at work,
# try later; anything else as `realestate` has it, and nothing half-done: the next run picks up from there.
set -u
umask 077
[ $# -eq 2 ] || { echo "usage: nightly.sh INBOX OUTBOX" >&2; exit 2; }
inbox=$1
outbox=$2
state=$outbox/.nightly
realestate=${REALESTATE:-realestate}
wait=${WAIT:-5m}
[ -d "$inbox" ] || { echo "nightly.sh: there is no folder $inbox" >&2; exit 4; }
mkdir -p "$state" || exit 1

log() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >> "$state/nightly.log"
}

fail() {
    log "$1: exit $2"
    echo "nightly.sh: $1 failed with exit code $2; see $state/details.log" >&2
    exit "$2"
}

run() {
    "$realestate" --no-input --wait "$wait" "$@" 2>> "$state/details.log"
}

# Where there is no flock (macOS) the database's own lock still sends a second run away.
if command -v flock > /dev/null 2>&1; then
    exec 9> "$state/lock"
    flock -n 9 || { echo "nightly.sh: another run is at work" >&2; exit 75; }
fi

worst=0
touch "$state/imported"

for file in "$inbox"/*; do
    name=${file##*/}
    case $name in *.part | *.tmp | *.crdownload) continue ;; esac
    [ -f "$file" ] || continue
    known="$(cksum < "$file") $name"
    grep -qxF -- "$known" "$state/imported" && continue
    counts=$(run leads import "$file" -o tsv)
    code=$?
    case $code in
        0 | 3)
            log "import $name: exit $code, $(printf '%s\n' "$counts" | tail -n 1 | cut -f 4-9 |
                awk -F '\t' '{print $1 " rows, " $2 " created, " $3 " merged, " $4 " unchanged, " $5 " rejected"}')"
            printf '%s\n' "$known" >> "$state/imported"
            [ $code -eq 0 ] || worst=3
            ;;
        4)
            log "import $name: exit 4, nothing in it could be used"
            echo "nightly.sh: nothing in $name could be used; see $state/details.log" >&2
            worst=3
            ;;
        *) fail "import $name" $code ;;
    esac
done

# Scoring waits for every import that began before now, so the export below misses none of their leads, and what is
# made from now on is tomorrow's.
# The clock is read in whole seconds: after one more, it is past every lead that has just been made.
sleep 1
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
run leads score || fail score $?
log "score: exit 0"

since=$(cat "$state/exported" 2> /dev/null || echo 2000-01-01)
new=$outbox/new-leads-$(echo "$now" | tr -d ':-').csv
run leads export --new-since "$since" -o "$new" || fail export $?
leads=$(($(wc -l < "$new") - 1))
[ "$leads" -gt 0 ] || rm "$new"
echo "$now" > "$state/exported"
log "export: exit 0, $leads lines"

exit $worst
