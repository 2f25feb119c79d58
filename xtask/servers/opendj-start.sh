#!/bin/bash
# opendj-start.sh [BASE_PORT=13950]: OpenDJ, from Maven Central, in a folder of its own, with suffix dc=contoso,dc=lab.
# LDAP (and StartTLS) on BASE_PORT, LDAPS on BASE_PORT+1, administration on BASE_PORT+2, all on loopback; with the change
# log, replication on BASE_PORT+3 (a single server needs it to write cn=changelog; that port has no listen address of its
# own and is not bound to loopback).
# Environment:
#   VERSION=4.9.4    the release
#   CHANGELOG_ON=0   write no change log
#   ANON=1           allow anonymous operations
#   HEAP=256m        the heap of its Java machine
. "$(dirname "$0")/lib.sh"
need java; need mvn; need unzip; need openssl; need ldapmodify
PORT=${1:-13950}; NAME=${NAME:-opendj}; D=$PROVOST_SERVERS/$NAME-$PORT; SUFFIX=dc=contoso,dc=lab
VERSION=${VERSION:-4.9.4}; LOG=${CHANGELOG_ON:-1}
URL=ldap://127.0.0.1:$PORT/; ADMIN="cn=Directory Manager"; PW=secret; PID=$D/opendj/logs/server.pid
if alive "$PID"; then [ -s "$D/env" ] && { cat "$D/env"; exit 0; }; stop_pid "$PID" 30; fi
begin "$D" "$PID" 30
for p in "$PORT" $((PORT+1)) $((PORT+2)) $((PORT+3)); do ! port_busy "$p" || taken "$p"; done
mkdir -p "$D"; "$HERE/pki.sh" "$D/pki"
fresh=0
if [ ! -e "$D/done" ]; then
  fresh=1; rm -rf "$D/opendj"
  # maven keeps what it loaded, so that a second start loads nothing; a proxy that does not answer is no fault of OpenDJ
  LATE=3 limit "$D/maven.log" mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.openidentityplatform.opendj:opendj-server-legacy:"$VERSION":zip -DoutputDirectory="$D" \
    || { grep -m 1 -o '.ERROR. .*' "$D/maven.log" >&2 || true; absent "OpenDJ $VERSION cannot be had from Maven Central"; }
  unzip -q "$D/opendj-server-legacy-$VERSION.zip" -d "$D"; rm -f "$D/opendj-server-legacy-$VERSION.zip"
  openssl pkcs12 -export -name server-cert -in "$D/pki/server.pem" -inkey "$D/pki/server.key" -certfile "$D/pki/ca.pem" -passout pass:secret -out "$D/server.p12"
  cd "$D/opendj"
  OPENDJ_JAVA_ARGS="-Xmx256m" limit "$D/setup.log" ./setup --cli --no-prompt --noPropertiesFile --acceptLicense --doNotStart --skipPortCheck \
    --hostname localhost --ldapPort "$PORT" --ldapsPort $((PORT+1)) --adminConnectorPort $((PORT+2)) --enableStartTLS \
    --usePkcs12keyStore "$D/server.p12" --keyStorePassword secret --certNickname server-cert \
    --rootUserDN "$ADMIN" --rootUserPassword "$PW" --baseDN "$SUFFIX" --addBaseEntry \
    || { cat "$D/setup.log" >&2; die "OpenDJ setup failed"; }
  # before the first start: listen on loopback only, and write a change log
  sed -i 's/^ds-cfg-listen-address: 0.0.0.0$/ds-cfg-listen-address: 127.0.0.1/' config/config.ldif
  [ "${ANON:-0}" = 1 ] || sed -i 's/^ds-cfg-reject-unauthenticated-requests: false$/ds-cfg-reject-unauthenticated-requests: true/' config/config.ldif
  [ "$LOG" = 0 ] || cat >> config/config.ldif <<E

dn: cn=replication server,cn=Multimaster Synchronization,cn=Synchronization Providers,cn=config
objectClass: top
objectClass: ds-cfg-replication-server
cn: replication server
ds-cfg-replication-port: $((PORT+3))
ds-cfg-replication-server-id: 1

dn: cn=contoso,cn=domains,cn=Multimaster Synchronization,cn=Synchronization Providers,cn=config
objectClass: top
objectClass: ds-cfg-replication-domain
cn: contoso
ds-cfg-base-dn: $SUFFIX
ds-cfg-server-id: 1
ds-cfg-replication-server: 127.0.0.1:$((PORT+3))
E
fi
cd "$D/opendj"
# the Java machine writes its pid some time after start-ds let it go
PID_DELAY=10
OPENDJ_JAVA_ARGS="-Xmx${HEAP:-256m}" limit "$D/opendj.out" bin/start-ds --quiet || { tail -n 20 "$D/opendj.out" >&2; die "OpenDJ does not start"; }
wait_for 60 ask ldapsearch -x -H "$URL" -D "$ADMIN" -w $PW -b "$SUFFIX" -s base || die "OpenDJ does not answer"
if [ $fresh = 1 ]; then
  # what an administrator grants the service account; cn=limited gets none of it
  timeout "$EDIT_LIMIT" ldapmodify -x -H "$URL" -D "$ADMIN" -w $PW > "$D/base.out" 2>&1 <<E || { cat "$D/base.out" >&2; die "base entries refused"; }
dn: ou=services,$SUFFIX
changetype: add
objectClass: organizationalUnit
ou: services

dn: cn=provost,ou=services,$SUFFIX
changetype: add
objectClass: person
cn: provost
sn: provost
userPassword: $PW
ds-privilege-name: changelog-read
ds-privilege-name: unindexed-search
ds-privilege-name: password-reset
ds-rlim-size-limit: 0

dn: cn=limited,ou=services,$SUFFIX
changetype: add
objectClass: person
cn: limited
sn: limited
userPassword: $PW

dn: ou=people,$SUFFIX
changetype: add
objectClass: organizationalUnit
ou: people

dn: cn=Access Control Handler,cn=config
changetype: modify
add: ds-cfg-global-aci
ds-cfg-global-aci: (target="ldap:///cn=changelog")(targetattr="*||+")(version 3.0; acl "provost reads the change log"; allow (read,search,compare) userdn="ldap:///cn=provost,ou=services,$SUFFIX";)
ds-cfg-global-aci: (targetcontrol="1.3.6.1.4.1.26027.1.5.4")(version 3.0; acl "provost uses the change log cookie"; allow (read) userdn="ldap:///cn=provost,ou=services,$SUFFIX";)
ds-cfg-global-aci: (target="ldap:///")(targetscope="base")(targetattr="firstChangeNumber||lastChangeNumber||lastExternalChangelogCookie||changelog")(version 3.0; acl "provost reads the change numbers"; allow (read,search,compare) userdn="ldap:///cn=provost,ou=services,$SUFFIX";)

dn: $SUFFIX
changetype: modify
add: aci
aci: (targetattr="*||+")(version 3.0; acl "provost"; allow (all) userdn="ldap:///cn=provost,ou=services,$SUFFIX";)
E
  touch "$D/done"
fi
publish "$D" DIR="$D" URL="$URL" LDAPS_URL="ldaps://127.0.0.1:$((PORT+1))/" BIND_DN="$ADMIN" PASSWORD=$PW \
  SERVICE_DN="cn=provost,ou=services,$SUFFIX" SUFFIX="$SUFFIX" CA="$D/pki/ca.pem" \
  CHANGELOG="$([ "$LOG" = 1 ] && echo cn=changelog || true)" PIDFILE="$PID"
