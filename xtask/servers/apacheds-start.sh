#!/bin/bash
# apacheds-start.sh [BASE_PORT=13920]: Apache Directory Server in a folder of its own, without its init script, with the
# partition dc=contoso,dc=lab (jdbm). LDAP (and StartTLS) on BASE_PORT, LDAPS on BASE_PORT+1, both on loopback.
# Environment:
#   ANON=1        allow anonymous operations
#   SYNCWRITE=1   write each change to disk at once
#   HEAP=256m     the heap of its Java machine
. "$(dirname "$0")/lib.sh"
need java; need keytool; need python3; need openssl; need ldapmodify
[ -d /usr/share/apacheds/lib ] || absent "apacheds is not installed (run install-debian.sh)"
PORT=${1:-13920}; NAME=${NAME:-apacheds}; D=$PROVOST_SERVERS/$NAME-$PORT; SUFFIX=dc=contoso,dc=lab
URL=ldap://127.0.0.1:$PORT/; ADMIN=uid=admin,ou=system; PW=secret; PID=$D/apacheds.pid
if alive "$PID"; then [ -s "$D/env" ] && { cat "$D/env"; exit 0; }; stop_pid "$PID" 20; fi
begin "$D" "$PID" 20
for p in "$PORT" $((PORT+1)); do ! port_busy "$p" || taken "$p"; done
mkdir -p "$D"/{conf,cache,log,partitions,run}
"$HERE/pki.sh" "$D/pki"
fresh=0
if [ ! -e "$D/done" ]; then
  fresh=1
  # the server's own key store (JKS/PKCS12) with our test CA's certificate
  openssl pkcs12 -export -name server -in "$D/pki/server.pem" -inkey "$D/pki/server.key" -certfile "$D/pki/ca.pem" -passout pass:secret -out "$D/conf/server.p12"
  keytool -importkeystore -noprompt -srckeystore "$D/conf/server.p12" -srcstoretype PKCS12 -srcstorepass secret \
    -destkeystore "$D/conf/server.ks" -deststoretype JKS -deststorepass secret -destkeypass secret >"$D/keytool.log" 2>&1 || cat "$D/keytool.log"
  python3 - "$D" "$PORT" "${ANON:-0}" "${SYNCWRITE:-0}" > "$D/conf/config.ldif" <<'P'
import sys, base64, re
d, port, anon, sync = sys.argv[1:5]; port = int(port)
t = open('/etc/apacheds/config.ldif').read().replace('\n ', '')
ctx = base64.b64encode(b"dn: dc=contoso,dc=lab\ndc: contoso\nobjectclass: domain\nobjectclass: top\n\n").decode()
out = []
for e in re.split(r'\n\n+', t):
    low = e.lower()
    if 'ads-partitionid=example' in low:
        e = re.sub(r'(?i)ads-partitionid=example', 'ads-partitionId=contoso', e)
        e = re.sub(r'(?im)^ads-partitionid: example', 'ads-partitionid: contoso', e)
        e = re.sub(r'(?im)^ads-partitionSuffix: .*', 'ads-partitionSuffix: dc=contoso,dc=lab', e)
        e = re.sub(r'(?im)^ads-contextentry:: .*', 'ads-contextentry:: ' + ctx, e)
        if 'ads-indexattributeid=krb5principalname' in low:   # one more index instead
            e = re.sub(r'(?i)krb5PrincipalName', 'mail', e)
    if sync == '0': e = re.sub(r'(?im)^ads-partitionsynconwrite: .*', 'ads-partitionsynconwrite: FALSE', e)
    e = re.sub(r'(?im)^ads-transportaddress: .*', 'ads-transportaddress: 127.0.0.1', e)
    if 'dn: ads-transportid=ldap,' in low: e = re.sub(r'(?im)^ads-systemport: .*', 'ads-systemport: %d' % port, e)
    elif 'dn: ads-transportid=ldaps,' in low: e = re.sub(r'(?im)^ads-systemport: .*', 'ads-systemport: %d' % (port + 1), e)
    if low.startswith('dn: ads-serverid=ldapserver,'):
        e += '\nads-keystoreFile: %s/conf/server.ks\nads-certificatePassword: secret' % d
    if low.startswith('dn: ads-directoryserviceid=default,ou=config') and anon == '0':
        e = re.sub(r'(?im)^ads-dsallowanonymousaccess: .*', 'ads-dsallowanonymousaccess: FALSE', e)
    out.append(e)
sys.stdout.write('\n\n'.join(out))
P
  sed 's/^log4j.rootCategory=.*/log4j.rootCategory=WARN, R/' /etc/apacheds/log4j.properties > "$D/conf/log4j.properties"
fi
# the controls and extended operations that Debian's /etc/default/apacheds registers
. /etc/default/apacheds
java -Djava.awt.headless=true -Xmx"${HEAP:-256m}" \
  --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.util=ALL-UNNAMED \
  --add-opens java.base/sun.nio.ch=ALL-UNNAMED \
  --add-exports java.base/sun.security.x509=ALL-UNNAMED --add-exports java.base/sun.security.util=ALL-UNNAMED \
  -Dapacheds.controls="$ADS_CONTROLS" -Dapacheds.extendedOperations="$ADS_EXTENDED_OPERATIONS" \
  -Dlog4j.configuration="file:$D/conf/log4j.properties" -Dapacheds.log.dir="$D/log" \
  -cp '/usr/share/apacheds/lib/*:/usr/share/java/caffeine.jar:/usr/share/java/commons-lang3.jar:/usr/share/java/commons-collections4.jar:/usr/share/java/commons-codec.jar' \
  org.apache.directory.server.UberjarMain "$D/" > "$D/apacheds.out" 2>&1 < /dev/null &
echo $! > "$PID"
up() { ! alive "$PID" || ask ldapsearch -x -H "$URL" -D "$ADMIN" -w $PW -b '' -s base; }
wait_for 120 up && alive "$PID" || { tail -n 20 "$D/apacheds.out" >&2; die "apacheds does not answer"; }
if [ $fresh = 1 ]; then
  # the nis schema (posixAccount, shadowAccount) is delivered but disabled
  timeout "$EDIT_LIMIT" ldapmodify -x -H "$URL" -D "$ADMIN" -w $PW > "$D/base.out" 2>&1 <<E || { cat "$D/base.out" >&2; die "base entries refused"; }
dn: cn=nis,ou=schema
changetype: modify
replace: m-disabled
m-disabled: FALSE

dn: ou=services,$SUFFIX
changetype: add
objectClass: organizationalUnit
ou: services

dn: cn=provost,ou=services,$SUFFIX
changetype: add
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: provost
userPassword: $PW

dn: ou=people,$SUFFIX
changetype: add
objectClass: organizationalUnit
ou: people

E
  touch "$D/done"
fi
publish "$D" DIR="$D" URL="$URL" LDAPS_URL="ldaps://127.0.0.1:$((PORT+1))/" BIND_DN="$ADMIN" PASSWORD=$PW \
  SERVICE_DN="cn=provost,ou=services,$SUFFIX" SUFFIX="$SUFFIX" CA="$D/pki/ca.pem" CHANGELOG="" PIDFILE="$PID"
