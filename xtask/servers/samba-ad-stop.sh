#!/bin/bash
# samba-ad-stop.sh [ADDRESS=127.0.0.10] [--keep]: stops the instance and, without --keep, deletes it.
. "$(dirname "$0")/lib.sh"
IP=${1:-127.0.0.10}; D=$PROVOST_SERVERS/${NAME:-samba-ad}-$IP
stop_pid "$D/samba.pid" 20
# the prefork children end with their parent; wait for the port to fall silent
wait_for 10 bash -c "! (exec 3<>/dev/tcp/$IP/389) 2>/dev/null" || true
[ "${2:-}" = --keep ] || rm -rf "$D"
