# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of AWX's API the modules of awx.awx need to make things: lists that are searched, objects, what belongs to them, surveys.

``prefix`` is where the API is: ``/api/`` on AWX, ``/api/controller/`` behind the gateway of Automation Platform 2.5 and later. Anything
else answers 404, as the gateway does.
"""

from __future__ import annotations

import http.server
import json
import threading
import typing as t
import urllib.parse

Thing = dict[str, t.Any]


class Awx(http.server.ThreadingHTTPServer):
    """Keeps what is posted in memory. ``writes`` counts what changed anything."""

    daemon_threads = True

    def __init__(self, prefix: str = "/api/") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.prefix = prefix
        self.last = 0
        self.things: dict[str, list[Thing]] = {}
        self.linked: dict[str, list[int]] = {}
        self.surveys: dict[str, Thing] = {}
        self.writes: list[str] = []
        self.create("organizations", {"name": "Default"})
        for name in ("Machine", "Network"):
            self.create("credential_types", {"name": name})
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def create(self, kind: str, data: Thing) -> Thing:
        self.last += 1
        number = self.last
        url = f"{self.prefix}v2/{kind}/{number}/"
        related = {"survey_spec": f"{url}survey_spec/", "inventory_sources": f"{url}inventory_sources/"}
        thing = {"id": number, "url": url, "type": kind.removesuffix("s"), "status": "successful", "related": related, **data}
        thing |= {"scm_revision": "0" * 40, "event_processing_finished": True, "finished": "2026-01-01T00:00:00Z", "summary_fields": {}}
        self.things.setdefault(kind, []).append(thing)
        return thing

    def find(self, kind: str, wanted: dict[str, str]) -> list[Thing]:
        kinds = ["job_templates", "workflow_approval_templates"] if kind == "unified_job_templates" else [kind]
        found = [thing for each in kinds for thing in self.things.get(each, [])]
        wanted = {key: value for key, value in wanted.items() if key != "page_size"}
        label = wanted.pop("labels__name", None)
        found = [thing for thing in found if label is None or self.labelled(thing, label)]
        return [thing for thing in found if all(str(thing.get(key)) == value for key, value in wanted.items())]

    def remove(self, number: int) -> None:
        self.things = {kind: [thing for thing in things if thing["id"] != number] for kind, things in self.things.items()}

    def labelled(self, thing: Thing, label: str) -> bool:
        numbers = self.linked.get(f"{thing['type']}s/{thing['id']}/labels", [])
        return any(self.by_id(number)["name"] == label for number in numbers)

    def by_id(self, number: int) -> Thing:
        return next(thing for things in self.things.values() for thing in things if thing["id"] == number)

    def named(self, kind: str) -> dict[str, Thing]:
        return {thing["name"]: thing for thing in self.things.get(kind, [])}


class Handler(http.server.BaseHTTPRequestHandler):
    server: Awx

    def log_message(self, *_arguments: object) -> None:
        """The tests look at what is kept."""

    def answer(self, status: int, body: object = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def requested(self) -> tuple[list[str], dict[str, str]]:
        url = urllib.parse.urlsplit(self.path)
        return url.path.removeprefix(f"{self.server.prefix}v2/").strip("/").split("/"), dict(urllib.parse.parse_qsl(url.query))

    def body(self) -> Thing:
        return t.cast("Thing", json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"))

    def listing(self, things: list[Thing]) -> None:
        self.answer(200, {"count": len(things), "next": None, "results": things})

    def root(self) -> Thing:
        """What /api/ answers without a token: the versions on AWX, where each API is on a gateway."""
        if self.server.prefix == "/api/":
            return {"description": "AWX REST API", "current_version": "/api/v2/", "available_versions": {"v2": "/api/v2/"}}
        return {"description": "gateway", "apis": {"gateway": "/api/gateway/", "controller": self.server.prefix}}

    def elsewhere(self) -> bool:
        """Answer what is not below the prefix."""
        if self.path.startswith(f"{self.server.prefix}v2/"):
            return False
        self.answer(200, self.root()) if self.path == "/api/" else self.answer(404, {"detail": "not found"})
        return True

    def do_GET(self) -> None:
        if self.elsewhere():
            return
        path, query = self.requested()
        if path[-1] == "survey_spec":
            self.answer(200, self.server.surveys.get(path[1], {}))
        elif len(path) == 3:
            self.listing([self.server.by_id(number) for number in self.server.linked.get("/".join(path), [])])
        elif len(path) == 2:
            self.answer(200, self.server.by_id(int(path[1])))
        else:
            self.listing(self.server.find(path[0], query))

    def do_POST(self) -> None:
        if self.elsewhere():
            return
        path, _query = self.requested()
        data = self.body()
        self.server.writes.append(f"POST {self.path}")
        if path[-1] == "survey_spec":
            self.server.surveys[path[1]] = data
            self.answer(200, {})
        elif path[-1] == "create_approval_template":
            node = self.server.by_id(int(path[1]))
            approval = self.server.create("workflow_approval_templates", data)
            node["unified_job_template"] = approval["id"]
            node["related"]["unified_job_template"] = approval["url"]
            self.answer(201, approval)
        elif len(path) == 3:
            self.server.linked.setdefault("/".join(path), []).append(data["id"])
            self.answer(204)
        else:
            self.answer(201, self.server.create(path[0], data))

    def do_DELETE(self) -> None:
        if self.elsewhere():
            return
        path, _query = self.requested()
        self.server.writes.append(f"DELETE {self.path}")
        self.server.remove(int(path[1]))
        self.answer(204)

    def do_PATCH(self) -> None:
        if self.elsewhere():
            return
        path, _query = self.requested()
        self.server.writes.append(f"PATCH {self.path}")
        thing = self.server.by_id(int(path[1]))
        thing.update(self.body())
        self.answer(200, thing)
