#!/bin/bash
# watch.sh: waits until its standard input closes, which happens however the program that started it ends, then stops
# every server below PROVOST_SERVERS and removes that folder. A start that is under way is let end before: all that it waits
# for has a limit. It runs in a process group of its own, so that an interrupt of the terminal reaches the program and not
# this script.
. "$(dirname "$0")/lib.sh"
trap '' INT TERM HUP
cat >/dev/null
set +e
for mark in "$PROVOST_SERVERS"/*.starting; do
  while starting "$mark"; do sleep 0.1; done
done
for folder in "$PROVOST_SERVERS"/*-*/; do
  instance=$(basename "$folder")
  case $instance in
    openldap*) stop=openldap-stop.sh ;;
    *) stop=${instance%-*}-stop.sh ;;
  esac
  NAME=${instance%-*} "$HERE/$stop" "${instance##*-}" &
done
wait
rm -rf "$PROVOST_SERVERS"
