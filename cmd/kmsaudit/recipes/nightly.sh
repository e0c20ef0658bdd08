#!/bin/sh
# Collects, judges and compares with the night before.
#
#   nightly.sh FOLDER [CONFIG]
#
# FOLDER keeps the snapshots and reports, one of each a day. The exit code is that of
# check, or of diff where check is content: 1 findings or access that grew, 3 something
# was not read. In a crontab:
#
#   15 3 * * *  /usr/local/bin/nightly.sh /var/lib/kmsaudit /etc/kmsaudit.yaml || mail -s kmsaudit ops@example.com </var/lib/kmsaudit/latest.md
set -u
folder=${1:?usage: nightly.sh FOLDER [CONFIG]}
config=${2:-}
umask 077
mkdir -p "$folder" && cd "$folder" || exit 4

today=$(date -u +%F)
before=$(ls snapshot-*.json.gz 2>/dev/null | grep -v "snapshot-$today" | tail -n 1)

kmsaudit collect -o "snapshot-$today.json.gz"
collected=$?
# 3: written, with gaps, which check judges. Anything else left nothing to judge.
[ "$collected" -eq 0 ] || [ "$collected" -eq 3 ] || exit "$collected"

set --
[ -z "$config" ] || set -- -c "$config"
kmsaudit check "snapshot-$today.json.gz" "$@" --max-age 24h -f json="results-$today.json" -f markdown=latest.md
checked=$?

changed=0
if [ -n "$before" ]; then
	kmsaudit diff "$before" "snapshot-$today.json.gz" "$@" -f markdown -o changed.md
	changed=$?
	cat changed.md >>latest.md
fi
[ "$checked" -ne 0 ] || checked=$changed
exit "$checked"
