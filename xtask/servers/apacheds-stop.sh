#!/bin/bash
# apacheds-stop.sh [BASE_PORT=13920] [--keep]: stops the instance and, without --keep, deletes it.
. "$(dirname "$0")/lib.sh"
PORT=${1:-13920}; D=$PROVOST_SERVERS/${NAME:-apacheds}-$PORT
stop_pid "$D/apacheds.pid" 20
[ "${2:-}" = --keep ] || rm -rf "$D"
