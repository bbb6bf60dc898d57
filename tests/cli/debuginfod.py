# SPDX-License-Identifier: GPL-3.0-or-later
"""A debuginfod server on the loopback address, for a test.

debuginfod.py real FOLDER BUILDID   Debian's server; it has scanned FOLDER when the file `port` exists
debuginfod.py file FILE             answers each request with FILE
debuginfod.py only BUILDID FILE     answers only requests for BUILDID
debuginfod.py cut FILE              answers with the first half of FILE
debuginfod.py text                  answers with a page of text
debuginfod.py missing               answers with 404
debuginfod.py endless               sends zeros without an end, and no length
debuginfod.py silent                accepts connections and never answers

Writes its port into the file `port` in the current folder, and each request into `asked`.
"""
import http.server
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("asked", "a") as f:
            print(self.path, file=f)
        mode = sys.argv[1]
        if mode == "silent":
            threading.Event().wait()
        if mode == "missing" or mode == "only" and sys.argv[2] not in self.path:
            self.send_error(404)
            return
        if mode == "endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(bytes(1 << 16))
        body = b"<html>Sign in to use this network</html>"
        if mode != "text":
            with open(sys.argv[-1], "rb") as f:
                body = f.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if mode == "cut" else body)

    def log_message(self, *args):
        pass


def tell(port):
    with open("port.new", "w") as f:
        print(port, file=f)
    os.rename("port.new", "port")


def real(folder, build_id):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with open("server.log", "w") as log:
        server = subprocess.Popen(["debuginfod", "-F", "-L", "--disable-source-scan", "-d", ":memory:", "-p", str(port), folder],
                                  stdout=log, stderr=log)
    with open("server.pid", "w") as f:
        print(server.pid, file=f)
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/buildid/{build_id}/debuginfo").close()
            tell(port)
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    sys.exit(server.wait())


def main():
    if sys.argv[1] == "real":
        real(*sys.argv[2:])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    tell(server.server_port)
    server.serve_forever()


main()
