#!/bin/bash
# opendj-stop.sh [BASE_PORT=13950] [--keep]: stops the instance and, without --keep, deletes it.
. "$(dirname "$0")/lib.sh"
D=$PROVOST_SERVERS/${NAME:-opendj}-${1:-13950}
stop_pid "$D/opendj/logs/server.pid" 30
[ "${2:-}" = --keep ] || rm -rf "$D"
