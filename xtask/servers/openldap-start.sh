#!/bin/bash
# openldap-start.sh [BASE_PORT=13890]: OpenLDAP slapd (mdb) with suffix dc=contoso,dc=lab.
# LDAP (and StartTLS) on BASE_PORT, LDAPS on BASE_PORT+1, both on loopback.
# Environment:
#   NAME=openldap            instance name (folder <name>-<port>)
#   OVERLAYS="accesslog syncprov ppolicy sssvlv"   any subset, "" for the minimal server
#   ANON=1                   allow anonymous binds and operations
#   EXTRA_SCHEMA="msuser"    further schemas of /etc/ldap/schema
#   SIZELIMIT=500            the size limit for everybody but the rootdn
. "$(dirname "$0")/lib.sh"
need slapd; need ldapwhoami
PORT=${1:-13890}; NAME=${NAME:-openldap}
OVERLAYS=${OVERLAYS-accesslog syncprov ppolicy sssvlv}
D=$PROVOST_SERVERS/$NAME-$PORT; SUFFIX=dc=contoso,dc=lab
ADMIN=cn=admin,$SUFFIX; PW=secret
if alive "$D/slapd.pid"; then [ -s "$D/env" ] && { cat "$D/env"; exit 0; }; stop_pid "$D/slapd.pid" 20; fi
begin "$D" "$D/slapd.pid" 20
for p in "$PORT" $((PORT+1)); do ! port_busy "$p" || taken "$p"; done
mkdir -p "$D/db" "$D/accesslog"
"$HERE/pki.sh" "$D/pki"
has() { case " $OVERLAYS " in *" $1 "*) true;; *) false;; esac; }

{
  for s in core cosine inetorgperson nis ${EXTRA_SCHEMA:-}; do echo "include /etc/ldap/schema/$s.schema"; done
  echo "modulepath /usr/lib/ldap"; echo "moduleload back_mdb"
  for o in $OVERLAYS; do echo "moduleload $o"; done
  echo "pidfile $D/slapd.pid"; echo "argsfile $D/slapd.args"
  echo "loglevel ${LOGLEVEL:-none}"
  echo "threads ${THREADS:-16}"; echo "sizelimit ${SIZELIMIT:-500}"
  echo "conn_max_pending_auth 2000"
  echo "TLSCACertificateFile $D/pki/ca.pem"
  echo "TLSCertificateFile $D/pki/server.pem"
  echo "TLSCertificateKeyFile $D/pki/server.key"
  echo "TLSVerifyClient try"
  # client certificate CN=x,OU=clients,O=contoso  ->  cn=x,ou=services,SUFFIX
  echo "authz-regexp \"^cn=([^,]+),ou=clients,o=contoso\$\" \"cn=\$1,ou=services,$SUFFIX\""
  echo "authz-regexp \"^gidNumber=[0-9]+\\+uidNumber=0,cn=peercred,cn=external,cn=auth\$\" \"$ADMIN\""
  if [ "${ANON:-0}" != 1 ]; then echo "disallow bind_anon"; echo "require authc"; fi
  # global: rootDSE and schema for whoever may speak at all
  echo "access to dn.base=\"\" by * read"; echo "access to dn.subtree=\"cn=Subschema\" by * read"
  echo "database config"; echo "rootdn \"$ADMIN\""
  echo "database monitor"; echo "access to * by dn.exact=\"$ADMIN\" read by * none"
  if has accesslog; then
    echo "database mdb"; echo "suffix cn=accesslog"; echo "directory $D/accesslog"
    echo "rootdn \"$ADMIN\""; echo "maxsize 8589934592"
    echo "index reqStart,reqEnd,reqMod,reqResult,reqDN,reqType,entryCSN,objectClass eq"
    echo "access to * by dn.children=\"ou=services,$SUFFIX\" read by * none"
    echo "limits dn.children=\"ou=services,$SUFFIX\" size.prtotal=unlimited"
    has syncprov && { echo "overlay syncprov"; echo "syncprov-nopresent TRUE"; echo "syncprov-reloadhint TRUE"; }
  fi
  echo "database mdb"; echo "suffix \"$SUFFIX\""; echo "directory $D/db"
  echo "rootdn \"$ADMIN\""; echo "rootpw $PW"; echo "maxsize 8589934592"
  echo "index objectClass,uid,uidNumber,gidNumber,member,memberUid,entryUUID,entryCSN eq"
  echo "index cn,sn,mail eq,sub"
  echo "access to attrs=userPassword by dn.children=\"ou=services,$SUFFIX\" write by anonymous auth by self write by * none"
  echo "access to * by dn.children=\"ou=services,$SUFFIX\" manage by users read by * none"
  echo "limits dn.exact=\"cn=provost,ou=services,$SUFFIX\" size.prtotal=unlimited"
  has syncprov && { echo "overlay syncprov"; echo "syncprov-checkpoint 1000 60"; echo "syncprov-sessionlog 10000"; }
  has ppolicy && { echo "overlay ppolicy"; echo "ppolicy_default \"cn=default,ou=policies,$SUFFIX\""; }
  has sssvlv && { echo "overlay sssvlv"; echo "sssvlv-max 16"; }
  has accesslog && { echo "overlay accesslog"; echo "logdb cn=accesslog"; echo "logops writes"; echo "logsuccess TRUE"
    echo "logold (objectClass=*)"; echo "logpurge 07+00:00 01+00:00"; }
  true
} > "$D/slapd.conf"

cat > "$D/base.ldif" <<E
dn: $SUFFIX
objectClass: dcObject
objectClass: organization
o: Contoso
dc: contoso

dn: ou=services,$SUFFIX
objectClass: organizationalUnit
ou: services

dn: cn=provost,ou=services,$SUFFIX
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: provost
userPassword: $PW

dn: cn=limited,ou=services,$SUFFIX
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: limited
userPassword: $PW

dn: ou=people,$SUFFIX
objectClass: organizationalUnit
ou: people

E
has ppolicy && cat >> "$D/base.ldif" <<E
dn: ou=policies,$SUFFIX
objectClass: organizationalUnit
ou: policies

dn: cn=default,ou=policies,$SUFFIX
objectClass: organizationalRole
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdMinLength: 4
pwdCheckQuality: 0

E
if [ ! -e "$D/db/data.mdb" ]; then
  slapadd -q -f "$D/slapd.conf" -b "$SUFFIX" -l "$D/base.ldif"
fi
URLS="ldap://127.0.0.1:$PORT/ ldaps://127.0.0.1:$((PORT+1))/"
LDAPI="ldapi://$(printf %s "$D/ldapi" | sed 's#/#%2F#g')/"
# without -d slapd forks after it listens; its own pidfile names the daemon
slapd -h "$URLS $LDAPI" -f "$D/slapd.conf" -n "slapd-$NAME-$PORT" >"$D/slapd.out" 2>&1 || { cat "$D/slapd.out" >&2; die "slapd refused"; }
wait_for 20 ask ldapwhoami -x -H "ldap://127.0.0.1:$PORT/" -D "$ADMIN" -w $PW || die "slapd does not answer"
publish "$D" DIR="$D" URL="ldap://127.0.0.1:$PORT/" LDAPS_URL="ldaps://127.0.0.1:$((PORT+1))/" LDAPI_URL="$LDAPI" \
  BIND_DN="$ADMIN" PASSWORD=$PW SERVICE_DN="cn=provost,ou=services,$SUFFIX" SUFFIX="$SUFFIX" \
  CA="$D/pki/ca.pem" CLIENT_CERT="$D/pki/client.pem" CLIENT_KEY="$D/pki/client.key" \
  CHANGELOG="$(has accesslog && echo cn=accesslog || true)" PIDFILE="$D/slapd.pid"
