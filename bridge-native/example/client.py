#!/usr/bin/env python3
"""A server in Python: publishes EVENTS kills, applies actions until its input ends. Written from docs/ring.md alone.

    client.py FOLDER SERVER_ID EVENTS  # Linux on x86-64, one thread"""
import fcntl, glob, mmap, os, secrets, select, struct, sys, time  # SPDX-License-Identifier: Apache-2.0

RING, DOOR, PAGE, TRAILER = 1 << 20, 1 << 16, 4096, 768
CALLS, TURNS = PAGE + 65536, PAGE + 65536 + DOOR + PAGE

class Shared:
    def __init__(self, path, size, new):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if new:
            os.posix_fallocate(fd, 0, size)  # A file without its room would end this process later.
        self.bytes = mmap.mmap(fd, size)
        os.close(fd)
        self.i32, self.i64 = memoryview(self.bytes).cast("i"), memoryview(self.bytes).cast("q")

class Ring:
    def __init__(self, shared, at, size):
        self.m, self.at, self.size, self.tail, self.head = shared, at, size, (at + size + 128) // 8, (at + size + 384) // 8

    def write(self, kind, content, limit):
        head, tail, need = self.m.i64[self.head], self.m.i64[self.tail], len(content) + 15 & ~7
        padding = self.size - tail % self.size if need > self.size - tail % self.size else 0
        if tail - head + need > limit or padding and need > head % self.size:
            return False
        self.m.i64[self.tail] = tail + padding + need  # The only writer needs no compare-and-swap.
        for at, of, what, size in ((tail, -1, b"", padding), (tail + padding, kind, content, len(content) + 8)):
            self.commit(at, of, what, size) if size else None
        return True

    def commit(self, position, kind, content, length):
        at = self.at + position % self.size
        self.m.i32[at // 4] = -length
        self.m.i32[at // 4 + 1] = kind
        self.m.bytes[at + 8:at + 8 + len(content)] = content
        self.m.i32[at // 4] = length

    def read(self, dead_before):
        """Takes a record and frees it: its type and content; None if there is none."""
        head = self.m.i64[self.head]
        at = self.at + head % self.size
        length = self.m.i32[at // 4] if head < self.m.i64[self.tail] else 0
        if length <= 0 and head >= dead_before:
            return None
        kind, content = self.m.i32[at // 4 + 1] if length > 0 else -1, self.m.bytes[at + 8:at + length]
        used = abs(length) + 7 & ~7 or 8  # An unfinished record of a dead companion is passed over.
        self.m.bytes[at:at + used] = bytes(used)
        self.m.i64[self.head] = head + used
        return kind, content

class Server:
    def __init__(self, folder, server_id):
        os.makedirs(folder, 0o700, exist_ok=True)
        self.lock = os.open(folder + "/server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.lockf(self.lock, fcntl.LOCK_EX)  # Waits for the end of another server.
        place, life, new = folder + "/events.ring", secrets.randbits(62) + 1, not os.path.exists(folder + "/events.ring")
        h = self.header = Shared(place + ".new" if new else place, PAGE + RING + TRAILER, new)
        if new:
            h.bytes[0:24] = struct.pack("<8sIIQ", b"AAIBRING", 2, RING, secrets.randbits(62) + 1)
            os.rename(place + ".new", place)
        if struct.unpack_from("<8sII", h.bytes) != (b"AAIBRING", 2, RING):
            sys.exit(place + " is of another version or size")
        door = "%s/door.%016x" % (folder, life)
        d = Shared(door, TURNS + DOOR + TRAILER, True)
        d.bytes[0:28] = struct.pack("<8sIIQI", b"AAIBDOOR", 2, DOOR, life, DOOR)
        self.events, self.calls, self.turns = Ring(h, PAGE, RING), Ring(d, CALLS, DOOR), Ring(d, TURNS, DOOR)
        h.bytes[24:32] = struct.pack("<ii", os.getpid(), 0)
        h.bytes[128:232] = struct.pack("32s72s", b"UTF-8", server_id)
        h.bytes[512:2560] = bytes(2048)
        h.i64[40 // 8], h.i64[48 // 8] = time.monotonic_ns() // 10**6, h.i64[self.events.tail]
        h.i64[32 // 8] = life  # Last: from here on a companion may come.
        [os.unlink(old) for old in glob.glob(folder + "/door.*") if old != door]

    def kill(self, player, where, monster):
        """monster_kill, of normal priority; False if it is refused."""
        if self.header.i32[92 // 4] and time.monotonic_ns() // 10**6 - self.header.i64[72 // 8] < 5000:
            return False
        event = struct.pack("<4BIQQQII", 3, 1, 1, len(where), player, time.time_ns() // 10**6, monster, 0, 0, 0)
        return self.events.write(1, event + where, RING * 80 // 100)

    def tick(self, apply):
        """Applies the next action, if there is one: apply takes its type, and returns 1 or 0 and a sentence."""
        self.header.i64[40 // 8] = time.monotonic_ns() // 10**6
        kind, content = self.turns.read(self.header.i64[80 // 8]) or (None, b"")
        if kind == 1:  # It is free, so no later life applies it again.
            number, companion, name, kind_size = struct.unpack_from("<QQII", content)
            mine = companion == self.header.i64[64 // 8]  # Else it is of a companion that has died since.
            end, words = apply(content[33 + name:33 + name + kind_size]) if mine else (2, b"")
            head = struct.pack("<QIIII", number, end, name, len(words), 0)
            self.calls.write(3, head + content[32:32 + name] + words, DOOR)

if __name__ == "__main__":
    server, done = Server(sys.argv[1], sys.argv[2].encode()), 0
    while not select.select([sys.stdin], [], [], 0 if done < int(sys.argv[3]) else 0.02)[0]:
        done += done < int(sys.argv[3]) and server.kill(150000, b"prontera", done + 1)
        server.tick(lambda of: (1, b"applied in Python: " + of))
    server.header.i32[28 // 4] = 1
    print("published", done)
