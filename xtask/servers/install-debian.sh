#!/bin/bash
# install-debian.sh GROUP...: installs directory servers and clients of the live tests from Debian packages.
# Groups: core (slapd, 389 DS and the clients), apacheds, opendj, samba-ad.
# Run as root. No service is started: a policy-rc.d that says no is in place while apt-get works. Waits for the
# dpkg lock instead of failing.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
packages=""
for group in "$@"; do
  case $group in
    core) packages+=" slapd slapd-contrib ldap-utils libsasl2-modules openssl 389-ds-base python3-lib389" ;;
    # the package apacheds does not name the libraries that its server needs
    apacheds) packages+=" apacheds default-jre-headless python3 libapache-directory-api-java
      libapache-directory-jdbm-java libbcprov-java libcaffeine-java libcommons-codec-java libcommons-collections4-java
      libcommons-lang-java libcommons-lang3-java libcommons-pool-java libdom4j-java libmavibot-java libmina2-java
      libxpp3-java" ;;
    # the server itself comes from Maven Central
    opendj) packages+=" default-jre-headless maven unzip" ;;
    samba-ad) packages+=" samba samba-ad-dc samba-ad-provision samba-dsdb-modules python3-samba" ;;
    *) echo "unknown group $group" >&2; exit 2 ;;
  esac
done
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
