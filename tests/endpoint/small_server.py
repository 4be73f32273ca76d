"""A server with the interface that the endpoint expects, from the standard library: `small_server.py VERSION [how]`."""

import http.server
import json
import os
import signal
import socket
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/hang":
            HANG.set()
        if HANG.is_set():
            time.sleep(600)
        if self.path == "/crash":
            os._exit(3)
        self.server.last = time.monotonic()
        body = json.dumps({"version": VERSION, "pid": os.getpid(), "environment": sorted(os.environ)}).encode()
        status = 503 if HOW == "never-ready" and self.path == "/ready" else 200
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, fd):
        super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=fd)
        # Two servers share this queue for a moment: one may have taken a connection that the other was notified of.
        self.socket.setblocking(False)
        self.last = time.monotonic()

    def get_request(self):
        connection, address = self.socket.accept()
        connection.setblocking(True)
        return connection, address


def end_with_parent():
    os.read(0, 1)
    os._exit(0)


VERSION, HOW = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
HANG = threading.Event()

if __name__ == "__main__":
    if HOW == "broken":
        error = {"code": "RDX-MOD-099", "found": "the model is upside down", "hint": "turn it"}
        sys.stderr.write("RADIX-ERROR " + json.dumps(error) + "\n")
        sys.exit(1)
    threading.Thread(target=end_with_parent, daemon=True).start()
    servers = [Server(int(fd)) for fd in os.environ["RADIX_LISTEN_FDS"].split(",")]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    idle = float(os.environ.get("RADIX_IDLE_SECONDS", "inf"))
    while not ended.wait(0.05):
        if time.monotonic() - servers[0].last > idle:
            break
    for server in servers:
        server.shutdown()
    time.sleep(0.1)
