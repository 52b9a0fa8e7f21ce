# Copyright (c) 2026 The vsrx.sriov authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: it may change in any release.

"""What Ansible itself may find in a result, beside the documented fields, and everything together: one result that is safe to use. Pure."""

from __future__ import annotations

import json
import typing as t

from .formats import clean_data, clean_text
from .shape import MOST_VALUES, Field, check_result, count_values

#: texts that explain a failure
_EXPLANATIONS = ("msg", "module_stdout", "module_stderr", "exception")
_DIFF: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("before", "after"), (str, dict)),
    **dict.fromkeys(("before_header", "after_header", "prepared"), (str,)),
}
#: how a task that was started in the background is found again
_BACKGROUND = ("ansible_job_id", "started", "finished", "results_file")


def admit(
    shape: t.Mapping[str, Field], result: t.Mapping[str, t.Any], module: str, host: str, background: bool = False
) -> dict[str, t.Any]:
    """The result as far as it may be used: documented fields with values of their types, and what Ansible shows of any task.

    A success with a wrong value becomes a failure that names host and field. Facts, statistics and every other key that
    would make Ansible do something are not part of an answer.
    """
    failed = bool(result.get("failed", False))
    if count_values(result) > MOST_VALUES:
        return _refuse({"changed": result.get("changed", False) is True}, [f"more than {MOST_VALUES} values"], module, host)
    clean = _read_notes(result)
    if failed:
        clean |= {key: clean_text(result[key]) for key in _EXPLANATIONS if isinstance(result.get(key), str)}
        clean.setdefault("msg", clean_text(str(result.get("msg", f"{module} on {host} failed and gave no reason"))))
    if background:
        return clean | {key: clean_data(result[key]) for key in _BACKGROUND if isinstance(result.get(key), (str, int))}
    fields, problems = check_result(shape, result, success=not failed)
    clean |= fields
    clean["failed"] = failed
    clean["changed"] = result.get("changed", False) is True
    if "diff" in result:
        clean["diff"] = _read_diff(result["diff"])
    if problems and not failed:
        return _refuse(clean, problems, module, host)
    return clean


def _read_notes(result: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What Ansible shows beside the result of any task, in the types that it takes. Newer releases have objects for a text."""
    clean: dict[str, t.Any] = {"invocation": clean_data(result["invocation"])} if isinstance(result.get("invocation"), dict) else {}
    for key in ("warnings", "deprecations"):
        entries = result.get(key)
        texts = [text for each in (entries if isinstance(entries, list) else []) for text in [_read_note(each)] if text]
        if texts:
            clean[key] = texts if key == "warnings" else [{"msg": text} for text in texts]
    return clean


def _read_note(entry: t.Any) -> str:
    """The text of a warning or of a deprecation, as an object or as what a module sends of one; empty where it is none."""
    if isinstance(entry, dict):
        event = entry.get("event")
        text = event.get("msg") if isinstance(event, dict) else entry.get("msg")
    else:
        text = getattr(getattr(entry, "event", None), "msg", entry)
    return clean_text(text) if isinstance(text, str) else ""


def clean_output(text: str) -> str:
    """What a module printed, with clean notes, which Ansible may show before an action sees them. What is no answer stays as it is."""
    begin, end = text.find("{"), text.rfind("}")
    try:
        answer = json.loads(text[begin : end + 1])
    except (ValueError, RecursionError):
        return clean_text(text)
    notes = {key: each for key, each in _read_notes(answer).items() if key != "invocation"}
    answer = {key: each for key, each in answer.items() if key not in ("warnings", "deprecations")} | notes
    # What stands around it is shown as it is.
    return clean_text(text[:begin]) + json.dumps(answer) + clean_text(text[end + 1 :])


def _read_diff(value: t.Any) -> list[dict[str, t.Any]]:
    entries = value if isinstance(value, list) else [value]
    return [
        {key: clean_data(entry[key]) for key, types in _DIFF.items() if _is_one_of(entry.get(key), types)}
        for entry in entries
        if isinstance(entry, dict)
    ]


def _is_one_of(value: t.Any, types: tuple[type, ...]) -> bool:
    return isinstance(value, types)


def _refuse(clean: dict[str, t.Any], problems: list[str], module: str, host: str) -> dict[str, t.Any]:
    kept = {key: clean[key] for key in ("invocation", "warnings", "deprecations") if key in clean}
    listed = "; ".join(problems[:5]) + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")
    return kept | {
        "failed": True,
        "changed": clean["changed"],
        "msg": f"{host} gave an answer to {module} that no such module gives: {listed}. The answer is not used. "
        f"See whether {host} runs what it should, and whether the same release of the collection is used on the control node throughout.",
    }
