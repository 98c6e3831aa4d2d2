#!/usr/bin/env python3
"""An AI service for the bridge, with nothing but Python's standard library.

    python3 ai_service.py [--port 8000] [--host 127.0.0.1] [--db ai_service.db]

Put your model into decide(). The rest keeps what the bridge relies on (docs/ai-service.md), whenever
this process is killed. The environment's AI_SERVICE_KEY sets a key.
"""
import argparse, contextlib, gzip, json, os, sqlite3, threading, time, traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


def decide(event):
    """Your model: of one event makes what shall happen, as (action_type, payload). May be slow."""
    if event["event_type"] == "mvp_kill" and event.get("player_id"):
        return [("broadcast", {"message": f"Player {event['player_id']} has slain a boss!"})]
    return []


class Store:
    """Events and actions on disk."""
    KEPT, OFFER_AGAIN_S = 1_000_000, 1.0  # ids of events; what comes again is among the newest

    def __init__(self, path):
        self.changed = threading.Condition()
        self.offered = {}  # action id -> when it was offered last
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.executescript("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, id TEXT UNIQUE, body TEXT);
            CREATE INDEX IF NOT EXISTS waiting ON events (number) WHERE body IS NOT NULL;
            CREATE TABLE IF NOT EXISTS actions (id TEXT PRIMARY KEY, body TEXT, result TEXT);
            CREATE INDEX IF NOT EXISTS open ON actions (id) WHERE result IS NULL;
        """)

    def take(self, events):
        """Keeps the events that are new; one without an id always is."""
        rows = [(event.get("event_id"), json.dumps(event)) for event in events]
        with self.changed, self.db:  # both: the lock, and one transaction
            self.db.executemany("INSERT OR IGNORE INTO events (id, body) VALUES (?, ?)", rows)
            self.changed.notify_all()

    def think(self):
        """Decides for ever; that an event is done is written together with its actions."""
        while True:
            with self.changed:
                while not (rows := self.db.execute(
                        "SELECT number, id, body FROM events WHERE body IS NOT NULL"
                        " ORDER BY number LIMIT 100").fetchall()):
                    self.changed.wait()
            actions, since = [], time.monotonic()
            for number, event_id, body in rows:
                try:
                    decided = decide(json.loads(body))
                except Exception:  # a model that fails keeps no other event waiting
                    decided = traceback.print_exc() or []
                for nth, (kind, payload) in enumerate(decided):
                    action = {"action_id": f"{event_id or number}/{nth}",  # the same after a kill
                              "action_type": kind, "payload": payload}
                    actions.append((action["action_id"], json.dumps(action)))
                if time.monotonic() - since > 0.2:
                    break  # what a slow model has decided goes out before it decides more
            with self.changed, self.db:
                self.db.executemany("INSERT OR IGNORE INTO actions (id, body) VALUES (?, ?)", actions)
                self.db.execute("UPDATE events SET body = NULL WHERE body NOTNULL AND number <= ?", (number,))
                self.db.execute("DELETE FROM events WHERE number <= ?", (number - self.KEPT,))
                self.changed.notify_all()

    def offer(self, limit, wait_s):
        """Returns actions without a result; waits for one it did not offer just now."""
        until = time.monotonic() + wait_s
        with self.changed:
            while True:
                now = time.monotonic()
                rows = [row for row in self.db.execute(
                            "SELECT id, body FROM actions WHERE result IS NULL ORDER BY rowid")
                        if now - self.offered.get(row[0], -9) > self.OFFER_AGAIN_S][:limit]
                if rows or now >= until:
                    self.offered.update((row[0], now) for row in rows)
                    return [json.loads(row[1]) for row in rows]
                self.changed.wait(min(until - now, self.OFFER_AGAIN_S))

    def hear(self, results):
        """Keeps what became of actions; a result that comes again replaces the first."""
        with self.changed, self.db:
            for its, one in [(result["action_id"], json.dumps(result)) for result in results]:
                self.db.execute("UPDATE actions SET result = ? WHERE id = ?", (one, its))
                self.offered.pop(its, None)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # which keeps the connection
    disable_nagle_algorithm = True
    store, key = None, os.environ.get("AI_SERVICE_KEY", "")

    def handle(self):
        with contextlib.suppress(ConnectionError):  # the bridge has gone; it asks again
            super().handle()

    def do_POST(self):
        url, said = urlsplit(self.path), {}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            if self.key and self.headers.get("X-API-Key") != self.key:
                return self.answer(401, {"error": "X-API-Key is not the one"})
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if url.path == "/api/v1/events/dispatch":
                self.store.take(json.loads(body)["events"])
            elif url.path == "/api/v1/actions/pending":
                asked = {"limit": 100, "wait_ms": 0, **dict(parse_qsl(url.query))}
                wait_s = min(int(asked["wait_ms"]), 30_000) / 1000
                said = {"max_results": 100, "actions": self.store.offer(int(asked["limit"]), wait_s)}
            elif url.path == "/api/v1/actions/complete":
                sent = json.loads(body)
                self.store.hear(sent if isinstance(sent, list) else [sent])
            elif url.path in ("/api/v1/health", "/health"):
                said = {"status": "healthy"}
            else:
                return self.answer(404, {"error": "no such path: " + url.path})
        except (ValueError, LookupError, TypeError, AttributeError, gzip.BadGzipFile, EOFError) as e:
            return self.answer(400, {"error": repr(e)})
        self.answer(200, said)  # only now: what is acknowledged never comes again

    do_GET = do_POST

    def answer(self, status, said):
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    log_message = lambda *said: None  # would be a line a request


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=8000)
    options.add_argument("--host", default="127.0.0.1", help="0.0.0.0 to be reached from outside")
    options.add_argument("--db", default="ai_service.db")
    given = options.parse_args()
    Handler.store = Store(given.db)
    threading.Thread(target=Handler.store.think, daemon=True).start()
    server = ThreadingHTTPServer((given.host, given.port), Handler)
    print(f"AI service listening on http://{given.host}:{server.server_port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
