"""An agent in Python, from the bare contract: it answers any request with a haiku in a file."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.agent_plugin import AgentDescription, Outcome
from wit_world.imports import events, execution_context, model, settings, workspace
from wit_world.imports.model import Message, Request, Role, StopReason
from wit_world.imports.types import Error, ErrorCode, Permissions

CONTRACT = "Answer with the haiku alone: three lines, no title, no quotation marks."


class AgentPlugin(exports.AgentPlugin):
    def describe(self) -> AgentDescription:
        return AgentDescription(
            name="Haiku Agent",
            agent_type="haiku",
            version="0.1.0",
            purpose="Writes a haiku about the request into HAIKU.md.",
            capabilities=["poetry"],
            prompt="You write haiku: plain words, one image, a turn in the last line.",
            model="haiku",
            temperature=0.9,
            max_tokens=200,
            permissions=Permissions.MODEL | Permissions.WRITE_FILES,
            options_schema=None,
        )

    def run(self) -> Outcome:
        context = execution_context.get()
        events.thinking_step("Counting syllables")
        answer = model.complete(
            Request(
                system=f"{settings.get().prompt}\n\n{CONTRACT}",
                messages=[Message(Role.USER, context.user_request)],
                temperature=None,
                max_tokens=None,
            )
        )
        if answer.end.stop_reason == StopReason.REFUSAL:
            raise Err(Error(ErrorCode.REFUSED, "the model declined to write a haiku", None))
        lines = [line.strip() for line in answer.text.strip().splitlines() if line.strip()]
        if not lines:
            # Errors of this kind are tried again, as often as the workflow allows.
            raise Err(Error(ErrorCode.MALFORMED_ANSWER, "the model's answer holds no line of a poem", None))
        change = workspace.write_file("HAIKU.md", "\n".join(lines) + "\n")
        events.status("Wrote a haiku", json.dumps({"lines": len(lines), "sha256": change.sha256}))
        return Outcome(summary=f"Wrote {change.path}", data=json.dumps({"lines": lines}))
