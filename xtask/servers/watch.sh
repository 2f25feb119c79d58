#!/bin/bash
# watch.sh: waits until its standard input closes, which happens however the program that started it ends, then stops
# every server below PROVOST_SERVERS and removes that folder. It runs in a process group of its own, so that an
# interrupt of the terminal reaches the program and not this script.
. "$(dirname "$0")/lib.sh"
trap '' INT TERM HUP
cat >/dev/null
set +e
for folder in "$PROVOST_SERVERS"/*-*/; do
  instance=$(basename "$folder")
  case $instance in
    389ds-*) NAME=${instance%-*} "$HERE/389ds-stop.sh" "${instance##*-}" ;;
    openldap*-*) NAME=${instance%-*} "$HERE/openldap-stop.sh" "${instance##*-}" ;;
  esac
done
rm -rf "$PROVOST_SERVERS"
