"""Chromium without a window: shows pages at two widths, and says what it saw and what it asked for."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = (360, 1280)
FLAGS = """headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking
disable-component-update disable-sync hide-scrollbars enable-logging=stderr"""
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="Chromium is not installed (Debian: apt-get install chromium)"
)

HARNESS = """<!doctype html><link rel="icon" href="data:,"><body><script>
const found = {};
async function look(name, width) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 800; frame.src = name + ".html";
  const loaded = new Promise(done => frame.onload = done);
  document.body.append(frame);
  await loaded;
  const page = frame.contentDocument.documentElement;
  found[name + " " + width] = {
    wide: page.scrollWidth, room: page.clientWidth, title: frame.contentDocument.title,
    asked: frame.contentWindow.performance.getEntriesByType("resource").map(entry => entry.name),
    text: page.innerText, scripts: page.querySelectorAll("script").length,
    missing: [...page.querySelectorAll("img")].filter(each => !each.naturalWidth).length,
    small: Math.min(...[...page.querySelectorAll("text, td, p")].map(
      each => parseFloat(getComputedStyle(each).fontSize) * (each.getScreenCTM ? each.getScreenCTM().a : 1)))
  };
}
(async () => {
  for (const name of NAMES) for (const width of WIDTHS) await look(name, width);
  document.body.innerHTML = "<pre>" + btoa(encodeURIComponent(JSON.stringify(found))) + "</pre>";
})();
</script>"""


@contextmanager
def served(files: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Serve these files on the loopback; gives the address, and the paths as they are asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = files.get(self.path.strip("/"), "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def looked_at(pages: dict[str, str], folder: Path) -> dict[str, dict[str, Any]]:
    """Show each page at each width; gives what was seen by name and width.

    Fails if the browser complains on its console or asks for anything but the pages themselves.
    """
    harness = HARNESS.replace("NAMES", json.dumps(list(pages))).replace("WIDTHS", json.dumps(WIDTHS))
    files = {f"{name}.html": page for name, page in pages.items()} | {"look.html": harness}
    with served(files) as (address, asked):
        shown = browse(f"{address}/look.html", folder, "dump-dom", "virtual-time-budget=20000")

    result = re.search(r"<pre>(.*?)</pre>", shown.stdout, re.DOTALL)
    assert result is not None, shown.stderr[-2000:]
    assert sorted(set(asked)) == sorted(f"/{name}" for name in files)
    assert [line for line in shown.stderr.splitlines() if "CONSOLE" in line] == []
    found: dict[str, dict[str, Any]] = json.loads(unquote(base64.b64decode(result[1]).decode()))
    return found


def printed(page: str, folder: Path) -> bytes:
    """Print a page; gives the PDF."""
    with served({"page.html": page}) as (address, _):
        shown = browse(f"{address}/page.html", folder, f"print-to-pdf={folder / 'page.pdf'}")
    assert [line for line in shown.stderr.splitlines() if "CONSOLE" in line] == []
    return (folder / "page.pdf").read_bytes()


def browse(address: str, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Start a browser that reaches nothing but the loopback."""
    assert BROWSER is not None
    return subprocess.run(
        [
            BROWSER,
            *(f"--{flag}" for flag in (*FLAGS.split(), *flags)),
            f"--user-data-dir={folder / 'profile'}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            address,
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
