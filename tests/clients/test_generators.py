"""Generators of Python clients, over the API's description as the program prints it."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path


def generate(*command):
    """Runs a generator of this environment."""
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def use(folder, program):
    """Runs a program that imports what was made in `folder`."""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


class Generators(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.document = Path(cls.folder.name, "openapi.json")
        with cls.document.open("wb") as document:
            subprocess.run([os.environ["ORCHESTRATOR_PROGRAM"], "openapi"], stdout=document, check=True)

    def test_openapi_python_client(self):
        # The generator knows no archives by itself, and this is its own way to be told.
        config = Path(self.folder.name, "config.yml")
        config.write_text(
            "content_type_overrides:\n"
            "  application/zip: application/octet-stream\n"
            "  application/gzip: application/octet-stream\n"
            "  text/x-diff: text/plain\n"
            "post_hooks: []\n"
        )
        target = Path(self.folder.name, "client")
        said = generate(
            "openapi-python-client",
            "generate",
            "--path",
            str(self.document),
            "--config",
            str(config),
            "--output-path",
            str(target),
        )
        self.assertNotIn("WARNING", said)
        self.assertNotIn("ERROR", said)
        use(
            target,
            "from dynamic_orchestrator_client.api.runs import execute, list_runs\n"
            "from dynamic_orchestrator_client.api.projects import import_project\n"
            "from dynamic_orchestrator_client.models import ExecuteRequest, EventFileContent, RunPage\n"
            "assert RunPage.from_dict({'items': [], 'next': None}).items == []\n"
            "assert ExecuteRequest(user_request='x').to_dict()['user_request'] == 'x'",
        )

    def test_datamodel_codegen(self):
        target = Path(self.folder.name, "models.py")
        generate(
            "datamodel-codegen",
            "--input",
            str(self.document),
            "--input-file-type",
            "openapi",
            "--output-model-type",
            "pydantic_v2.BaseModel",
            "--output",
            str(target),
        )
        use(
            self.folder.name,
            "import json, models\n"
            "text = json.dumps({'type': 'file_content', 'data': {'path': 'a', 'chunk': 'b'}, 'message': '',\n"
            "    'progress': 1, 'seq': 1, 'run_id': '01890a5d-ac96-774b-bcce-b302099a8057',\n"
            "    'time': '2025-06-01T12:00:00.254Z'})\n"
            "event = models.Event.model_validate_json(text)\n"
            "assert type(getattr(event, 'root', event)).__name__ == 'EventFileContent', event",
        )


if __name__ == "__main__":
    unittest.main()
