#!/bin/bash
# watch.sh: waits until its standard input closes, which happens however the program that started it ends, then stops
# every server below PROVOST_SERVERS and removes that folder. A start that is under way is let end before, or ended when that takes
# too long. It runs in a process group of its own, so that an interrupt of the terminal reaches the program and not this
# script.
. "$(dirname "$0")/lib.sh"
trap '' INT TERM HUP
cat >/dev/null
set +e
START_LIMIT=${START_LIMIT:-60}
for mark in "$PROVOST_SERVERS"/*.starting; do
  for signal in TERM KILL; do
    # TERM leaves the start time to stop its server
    wait_for "$START_LIMIT" eval '! starting "$mark"' && break
    echo "$(basename "$mark"): still under way after $START_LIMIT s, ended with $signal" >&2
    kill -s "$signal" "$(cat "$mark")" 2>/dev/null
  done
done
for folder in "$PROVOST_SERVERS"/*-*/; do
  [ -d "$folder" ] || continue
  instance=$(basename "$folder")
  case $instance in
    openldap*) stop=openldap-stop.sh ;;
    *) stop=${instance%-*}-stop.sh ;;
  esac
  NAME=${instance%-*} "$HERE/$stop" "${instance##*-}" &
done
wait
rm -rf "$PROVOST_SERVERS"
