#!/bin/sh
# Collects, judges and compares with the night before.
#
#   nightly.sh FOLDER [CONFIG]
#
# FOLDER keeps the snapshots and results, one of each a day; those of the last KEEP days
# (30) stay. CONFIG is a whole path. What the night comes to is in latest.md, and on
# stdout. The exit code is the gravest of check and diff: 1 findings or access that grew,
# 3 something was not read. In a crontab:
#
#   15 3 * * *  /usr/local/bin/nightly.sh /var/lib/kmsaudit /etc/kmsaudit.yaml >/dev/null || mail -s kmsaudit ops@example.com </var/lib/kmsaudit/latest.md
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
cat latest.md

find . -name 'snapshot-*.json.gz' -mtime "+${KEEP:-30}" -exec rm {} +
find . -name 'results-*.json' -mtime "+${KEEP:-30}" -exec rm {} +

for code in 4 2 1 3; do
	if [ "$checked" -eq "$code" ] || [ "$changed" -eq "$code" ]; then
		exit "$code"
	fi
done
exit "$checked"
