"""Readers of Server-Sent Events in Python, over a run that is silent for longer than the server's pings are apart."""

import json
import os
import re
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import httpx
import sseclient
from httpx_sse import connect_sse

# The server pings after 15 s of silence.
SILENCE = 17

# What the writer says.
SCRIPT = Path(__file__).with_name("silent.toml")


class Readers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        command = [os.environ["ORCHESTRATOR_PROGRAM"], "serve", "--listen", "127.0.0.1:0", "--log", "error"]
        command += ["--model", "scripted", "--script", str(SCRIPT), "--data-dir", cls.folder.name + "/data"]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end)
        address = re.match(r"Listening on (\S+)", cls.server.stdout.readline()).group(1)
        cls.api = address + "/api/v1/orchestrator"
        steps = [{"agent_type": "writer", "name": "Write", "stream_output": True, "retry_count": 0}]
        made = httpx.post(cls.api + "/workflows", json={"name": "silent", "steps": steps})
        assert made.status_code == 201, made.text

    @classmethod
    def end(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.server.stdout.close()

    def request(self, project):
        return {"user_request": "Say hello", "project_id": project, "workflow_name": "silent"}

    def runs(self, project):
        page = httpx.get(self.api + "/runs", params={"project_id": project}).json()
        assert page["next"] is None, page
        return page["items"]

    def end_silence(self, project):
        def end():
            time.sleep(SILENCE)
            httpx.post(self.api + "/runs/" + self.runs(project)[0]["run_id"] + "/cancel")

        thread = threading.Thread(target=end)
        thread.start()
        self.addCleanup(thread.join)

    def check(self, project, got):
        runs = self.runs(project)
        self.assertEqual(len(runs), 1, "one run was started")
        self.assertNotIn("", [data for data, _ in got], "no message is empty")
        events = [json.loads(data) for data, _ in got]
        numbers = [event["seq"] for event in events]
        self.assertEqual(numbers, list(range(1, runs[0]["last_seq"] + 1)))
        self.assertEqual([id for _, id in got], [str(number) for number in numbers])
        self.assertTrue(events[-1]["data"]["terminal"])

    def test_httpx_sse(self):
        self.end_silence("httpx")
        with httpx.Client(timeout=60) as client:
            with connect_sse(client, "POST", self.api + "/execute", json=self.request("httpx")) as source:
                got = [(event.data, event.id) for event in source.iter_sse()]
        self.check("httpx", got)

    def test_sseclient(self):
        self.end_silence("sseclient")
        with httpx.stream("POST", self.api + "/execute", json=self.request("sseclient"), timeout=60) as answer:
            client = sseclient.SSEClient(answer.iter_bytes())
            got = [(event.data, event.id) for event in client.events()]
        self.check("sseclient", got)


if __name__ == "__main__":
    unittest.main()
