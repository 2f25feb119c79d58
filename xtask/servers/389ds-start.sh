#!/bin/bash
# 389ds-start.sh [BASE_PORT=13910]: 389 Directory Server with suffix dc=contoso,dc=lab.
# LDAP (and StartTLS) on BASE_PORT, LDAPS on BASE_PORT+1, both on 127.0.0.1 only. Takes about 15 s the first time.
# Environment:
#   RETROCL=1   Retro Changelog plugin (cn=changelog), with the attributes of deleted entries
#   USN=0       USN plugin (entryusn, lastusn)
#   SYNC=1      Content Synchronization plugin (RFC 4533)
#   ANON=1      allow anonymous operations (default: root DSE only)
. "$(dirname "$0")/lib.sh"
need ns-slapd; need dscreate; need certutil; need openssl; need ldapmodify
[ "$(id -u)" = 0 ] || absent "389ds-start.sh wants root (for a normal user: dscreate ds-root)"
PORT=${1:-13910}; NAME=${NAME:-389ds}; D=$PROVOST_SERVERS/$NAME-$PORT; I=p$PORT; R=$D/root
PW=secret123; SUFFIX=dc=contoso,dc=lab; URL=ldap://127.0.0.1:$PORT/; ADMIN="cn=Directory Manager"
C=$R/etc/dirsrv/slapd-$I; PID=$R/run/slapd-$I.pid
if alive "$PID"; then [ -s "$D/env" ] && { cat "$D/env"; exit 0; }; stop_pid "$PID" 30; fi
begin "$D" "$PID" 30
for p in "$PORT" $((PORT+1)); do ! port_busy "$p" || taken "$p"; done
up() { ask ldapwhoami -x -H "$URL" -D "$ADMIN" -w $PW; }
boot() { ns-slapd -D "$C" -i "$PID" >"$D/ns-slapd.out" 2>&1 || { cat "$D/ns-slapd.out" >&2; die "ns-slapd refused"; }
  wait_for 30 up || { tail -20 "$R/log/slapd-$I/errors" >&2; die "ns-slapd does not answer"; }; }
if [ ! -e "$D/done" ]; then
  rm -rf "$D"
  mkdir -p "$R"/{share/dirsrv/inf,etc/dirsrv,run,lock,log,lib,inst,tmp,initconfig}
  # the server drops to user dirsrv: every folder above the instance must let it pass
  chmod 755 "$PROVOST_SERVERS" "$D" "$R" "$R"/* "$R/etc/dirsrv"; chown dirsrv: "$R"/{run,lock,log,lib,tmp}
  "$HERE/pki.sh" "$D/pki"
  # lib389 takes every path from defaults.inf, and defaults.inf from $PREFIX: the
  # directory options of the .inf alone are not enough (it looks for
  # /etc/dirsrv/slapd-NAME/dse.ldif and fails)
  sed -E -e "s#/etc/dirsrv/slapd-\{instance_name\}#$R/etc/dirsrv/slapd-{instance_name}#" \
    -e "s#^run_dir = .*#run_dir = $R/run#; s#^ldapi = .*#ldapi = $R/run/slapd-{instance_name}.socket#" \
    -e "s#^pid_file = .*#pid_file = $R/run/slapd-{instance_name}.pid#; s#/run/lock/dirsrv#$R/lock#" \
    -e "s#/var/log/dirsrv#$R/log#; s#/var/lib/dirsrv#$R/lib#; s#/dev/shm/slapd-#$R/dbhome-#" \
    -e "s#^inst_dir = .*#inst_dir = $R/inst/slapd-{instance_name}#; s#^initconfig_dir = .*#initconfig_dir = $R/initconfig#" \
    -e "s#^tmp_dir = .*#tmp_dir = $R/tmp#; s#^with_systemd = .*#with_systemd = 0#; s#^local_state_dir = .*#local_state_dir = $R#" \
    /usr/share/dirsrv/inf/defaults.inf > "$R/share/dirsrv/inf/defaults.inf"
  cat > "$D/ds.inf" <<E
[general]
config_version = 2
full_machine_name = localhost
strict_host_checking = False
systemd = False
selinux = False
start = True
[slapd]
instance_name = $I
port = $PORT
secure_port = $((PORT+1))
root_password = $PW
self_sign_cert = True
[backend-userroot]
suffix = $SUFFIX
create_suffix_entry = True
E
  PREFIX=$R limit "$D/dscreate.log" dscreate -v from-file "$D/ds.inf" || { tail -20 "$D/dscreate.log" >&2; die "dscreate failed"; }
  wait_for 30 up || die "ns-slapd does not answer after dscreate"
  {
    printf 'dn: cn=config\nchangetype: modify\n'
    printf 'replace: nsslapd-listenhost\nnsslapd-listenhost: 127.0.0.1\n-\nreplace: nsslapd-securelistenhost\nnsslapd-securelistenhost: 127.0.0.1\n-\n'
    printf 'replace: nsslapd-allow-anonymous-access\nnsslapd-allow-anonymous-access: %s\n-\n' "$([ "${ANON:-0}" = 1 ] && echo on || echo rootdse)"
    printf 'replace: nsslapd-certmap-basedn\nnsslapd-certmap-basedn: %s\n\n' "$SUFFIX"
    if [ "${RETROCL:-1}" = 1 ]; then
      printf 'dn: cn=Retro Changelog Plugin,cn=plugins,cn=config\nchangetype: modify\nreplace: nsslapd-pluginEnabled\nnsslapd-pluginEnabled: on\n-\n'
      printf 'add: nsslapd-attribute\nnsslapd-attribute: nsuniqueid:targetUniqueId\nnsslapd-attribute: entryuuid:targetEntryUUID\n-\nadd: nsslapd-log-deleted\nnsslapd-log-deleted: on\n'
      printf '\n'; fi
    [ "${USN:-0}" = 1 ] && printf 'dn: cn=USN,cn=plugins,cn=config\nchangetype: modify\nreplace: nsslapd-pluginEnabled\nnsslapd-pluginEnabled: on\n\n'
    [ "${SYNC:-1}" = 1 ] && printf 'dn: cn=Content Synchronization,cn=plugins,cn=config\nchangetype: modify\nreplace: nsslapd-pluginEnabled\nnsslapd-pluginEnabled: on\n\n'
    true
  } > "$D/config.ldif"
  timeout "$EDIT_LIMIT" ldapmodify -x -H "$URL" -D "$ADMIN" -w $PW -f "$D/config.ldif" > "$D/config.out" 2>&1 || { cat "$D/config.out" >&2; die "configuration refused"; }
  timeout "$EDIT_LIMIT" ldapadd -x -H "$URL" -D "$ADMIN" -w $PW > "$D/base.out" 2>&1 <<E || { cat "$D/base.out" >&2; die "base entries refused"; }
dn: ou=services,$SUFFIX
objectClass: organizationalUnit
ou: services

dn: cn=provost,ou=services,$SUFFIX
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: provost
userPassword: $PW

dn: ou=people,$SUFFIX
objectClass: organizationalUnit
ou: people

E
  timeout "$EDIT_LIMIT" ldapmodify -x -H "$URL" -D "$ADMIN" -w $PW >> "$D/base.out" 2>&1 <<E || { cat "$D/base.out" >&2; die "ACI refused"; }
dn: $SUFFIX
changetype: modify
add: aci
aci: (targetattr="*")(version 3.0; acl "provisioning"; allow (all) userdn="ldap:///cn=provost,ou=services,$SUFFIX";)
aci: (targetattr!="userPassword")(version 3.0; acl "readers"; allow (read,search,compare) userdn="ldap:///all";)
E
  stop_pid "$PID" 30
  # TLS: the instance's own certificate replaced by one of our test CA; the CA trusted for clients
  certutil -D -d "$C" -n Server-Cert -f "$C/pwdfile.txt" 2>/dev/null || true
  openssl pkcs12 -export -name Server-Cert -in "$D/pki/server.pem" -inkey "$D/pki/server.key" -passout pass:x -out "$D/pki/server.p12"
  pk12util -i "$D/pki/server.p12" -d "$C" -k "$C/pwdfile.txt" -W x > "$D/pk12.out" 2>&1 || { cat "$D/pk12.out" >&2; die "pk12util"; }
  certutil -A -d "$C" -n provost-ca -t CT,C,C -i "$D/pki/ca.pem" -f "$C/pwdfile.txt"
  # client certificate CN=x -> the entry with (cn=x) anywhere below the certmap base
  chmod u+w "$C/certmap.conf"
  printf 'certmap default default\ndefault:DNComps\ndefault:FilterComps cn\n' > "$C/certmap.conf"
  chown -R dirsrv: "$C"
  touch "$D/done"
fi
boot
publish "$D" DIR="$D" URL="$URL" LDAPS_URL="ldaps://127.0.0.1:$((PORT+1))/" \
  BIND_DN="$ADMIN" PASSWORD=$PW SERVICE_DN="cn=provost,ou=services,$SUFFIX" SUFFIX="$SUFFIX" \
  CA="$D/pki/ca.pem" CLIENT_CERT="$D/pki/client.pem" CLIENT_KEY="$D/pki/client.key" \
  CHANGELOG="$([ "${RETROCL:-1}" = 1 ] && echo cn=changelog || true)" PIDFILE="$PID"
