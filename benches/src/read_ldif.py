"""Reads a file of LDIF with python-ldap: prints a digest of what was read, then the time of each run that is asked for.

A line with a number on the standard input asks for so many runs; the answer is their time in nanoseconds.
"""

import hashlib
import io
import sys
import time

import ldif


class Digest(ldif.LDIFParser):
    def __init__(self, source):
        super().__init__(source)
        self.digest = hashlib.sha256()

    def handle(self, dn, entry):
        self.digest.update(dn.encode() + b"\n")
        for attribute, values in entry.items():
            self.digest.update(attribute.encode() + b"\n")
            for value in values:
                self.digest.update(b"%d:%s\n" % (len(value), value))


class Count(ldif.LDIFParser):
    entries = 0

    def handle(self, dn, entry):
        self.entries += 1


with open(sys.argv[1], "rb") as file:
    text = file.read()
digest = Digest(io.BytesIO(text))
digest.parse()
print(digest.digest.hexdigest(), flush=True)
for line in sys.stdin:
    start = time.perf_counter_ns()
    for _ in range(int(line)):
        Count(io.BytesIO(text)).parse()
    print(time.perf_counter_ns() - start, flush=True)
