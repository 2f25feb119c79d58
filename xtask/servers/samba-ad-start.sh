#!/bin/bash
# samba-ad-start.sh [ADDRESS=127.0.0.10] [REALM=CONTOSO.LAB]: a domain controller of Samba in a folder of its own. Only
# its LDAP service runs (no SMB, no winbind, no DNS), bound to one loopback address: the ports 389, 636, 3268 and 3269
# cannot be moved, so a second instance takes a second address. Needs root.
# Environment:
#   STRONG=yes    forbid simple binds without TLS
. "$(dirname "$0")/lib.sh"
need samba; need samba-tool; need openssl; need ldapsearch
[ "$(id -u)" = 0 ] || absent "samba-ad-start.sh wants root for the ports 389 and 636"
IP=${1:-127.0.0.10}; REALM=${2:-CONTOSO.LAB}; NAME=${NAME:-samba-ad}; D=$PROVOST_SERVERS/$NAME-$IP
PW='Passw0rd-lab'; SUFFIX=$(echo "$REALM" | tr 'A-Z' 'a-z' | sed 's/^/dc=/; s/\./,dc=/g')
URL=ldap://$IP:389/; ADMIN="cn=Administrator,cn=Users,$SUFFIX"; PID=$D/samba.pid
if alive "$PID"; then [ -s "$D/env" ] && { cat "$D/env"; exit 0; }; stop_pid "$PID" 20; fi
begin "$D" "$PID" 20
for p in 389 636 3268 3269; do ! port_busy "$p" "$IP" || taken "$p" "$IP"; done
mkdir -p "$D"
"$HERE/pki.sh" "$D/pki"
fresh=0
if [ ! -e "$D/done" ]; then
  fresh=1; rm -rf "$D/prov"
  # --targetdir keeps every database below D/prov
  limit "$D/provision.log" samba-tool domain provision --targetdir="$D/prov" --realm="$REALM" --domain="${REALM%%.*}" --server-role=dc \
    --host-name=dc1 --host-ip="$IP" --dns-backend=NONE --adminpass="$PW" --use-rfc2307 \
    --option="interfaces=$IP/8" --option="bind interfaces only=yes" \
    --option="vfs objects=" --option="acl_xattr:ignore system acls=yes" || { tail -15 "$D/provision.log" >&2; die "provision failed"; }
  cat > "$D/prov/etc/smb.conf" <<E
[global]
  netbios name = DC1
  realm = $REALM
  workgroup = ${REALM%%.*}
  server role = active directory domain controller
  idmap_ldb:use rfc2307 = yes
  interfaces = $IP/8
  bind interfaces only = yes
  server services = ldap
  dsdb:schema update allowed = yes
  ldap server require strong auth = ${STRONG:-no}
  tls enabled = yes
  tls keyfile = $D/pki/server.key
  tls certfile = $D/pki/server.pem
  tls cafile = $D/pki/ca.pem
  private dir = $D/prov/private
  lock dir = $D/prov
  state directory = $D/prov/state
  cache directory = $D/prov/cache
  pid directory = $D/run
  ncalrpc dir = $D/run/ncalrpc
  winbindd socket directory = $D/run/winbindd
  ntp signd socket directory = $D/run/ntp_signd
  log file = $D/log.samba
  max log size = 1000
  log level = ${LOGLEVEL:-0}
  dns update command = /bin/true
  spn update command = /bin/true
E
  chmod 600 "$D/pki/server.key"
fi
mkdir -p "$D"/run/{ncalrpc,winbindd,ntp_signd}; chmod 755 "$D/run/ncalrpc"
samba --foreground --no-process-group -s "$D/prov/etc/smb.conf" > "$D/samba.out" 2>&1 < /dev/null &
echo $! > "$PID"
up() { alive "$PID" && ask ldapsearch -x -H "$URL" -D "$ADMIN" -w "$PW" -b "" -s base; }   # it knows no Who am I?
wait_for 40 up || { tail -20 "$D/samba.out" >&2; die "samba does not answer"; }
if [ $fresh = 1 ]; then
  timeout "$EDIT_LIMIT" ldapadd -x -H "$URL" -D "$ADMIN" -w "$PW" > "$D/base.out" 2>&1 <<E || { cat "$D/base.out" >&2; die "base entries refused"; }
dn: CN=App,$SUFFIX
objectClass: container

dn: CN=CloudUsers,CN=App,$SUFFIX
objectClass: container
E
  touch "$D/done"
fi
publish "$D" DIR="$D" URL="$URL" LDAPS_URL="ldaps://$IP:636/" BIND_DN="$ADMIN" PASSWORD="$PW" SUFFIX="$SUFFIX" \
  USERS="CN=CloudUsers,CN=App,$SUFFIX" CA="$D/pki/ca.pem" CHANGELOG=usnchanged PIDFILE="$PID" SMB_CONF="$D/prov/etc/smb.conf"
