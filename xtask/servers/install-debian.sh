#!/bin/bash
# install-debian.sh: installs the directory servers and clients of the live tests from Debian packages.
# Run as root. No service is started: a policy-rc.d that says no is in place while apt-get works. Waits for the
# dpkg lock instead of failing.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
packages="slapd slapd-contrib ldap-utils libsasl2-modules openssl 389-ds-base python3-lib389"
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
# the package's own configuration would create a database and ask for a password
if command -v debconf-set-selections >/dev/null; then
  echo "slapd slapd/no_configuration boolean true" | debconf-set-selections
fi
apt-get -o DPkg::Lock::Timeout=600 update -qq </dev/null
# shellcheck disable=SC2086
apt-get -o DPkg::Lock::Timeout=600 install -y -q --no-install-recommends $packages </dev/null
