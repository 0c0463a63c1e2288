"""Patient, device and history: presets from the data, and what the file says instead."""

from __future__ import annotations

import re

from itsim import parameters
from itsim.parameters import Parameter, ParameterSet
from itsim.person import is_child, personal
from itsim.scenario.keys import is_empty, read_name, read_table, refuse_unknown
from itsim.scenario.model import Catalogue, History
from itsim.scenario.nodes import Findings, Node, Scalar, Table, join, shown
from itsim.scenario.problems import suggest
from itsim.scenario.quantity import read_quantity, read_time

DEFAULT_BODY = "neuraxis"
DEFAULT_PRESET = "adult"
_WORD = re.compile(r"[^\W\d]")


def read_patient(tree: Table, catalogue: Catalogue, findings: Findings) -> tuple[str, ParameterSet, str, str]:
    """Body, parameters, tip level and preset of the patient; what cannot be read is noted and left as it
    was."""
    body = read_name(tree, "body", sorted(catalogue.bodies), "", DEFAULT_BODY, findings)
    table = read_table(tree, "patient", findings)
    preset = read_name(table, "preset", parameters.available("patients"), "patient", DEFAULT_PRESET, findings)
    tip = str(parameters.about(f"patients/{preset}").get("tip", "")) if preset else "?"
    tip = read_name(table, "tip", parameters.tips(), "patient", tip, findings) or ""
    if body is None:
        return "", ParameterSet(), tip, ""
    numbers = parameters.read(f"bodies/{body}", "response", "person")
    chosen = parameters.read(f"patients/{preset}").entries if preset else ()
    numbers = numbers.merged(p for p in chosen if p.name in numbers)
    numbers, posture = _in_posture(numbers, table, findings)
    owner = f"a patient with the body {body}"
    numbers = override(numbers, table, ("preset", "tip", *posture), "patient", owner, findings)
    given = {p.name for p in chosen} | {key.text for key, _ in table}
    _refuse_child_without_weight(numbers, given, table, findings)
    return body, personal(numbers, given), tip, preset or ""


def _refuse_child_without_weight(
    numbers: ParameterSet, given: set[str], table: Table, findings: Findings
) -> None:
    age = table.get("age")
    if age is not None and is_child(numbers) and "body_weight" not in given:
        rule = "would be a child as heavy as an adult"
        findings.add(
            age.mark, "patient.age", shown(age), rule, "add `body_weight: 20 kg`, or `preset: child`"
        )


def _in_posture(
    numbers: ParameterSet, table: Table, findings: Findings
) -> tuple[ParameterSet, tuple[str, ...]]:
    """The numbers with a posture that is given as a word, and the key that is done with by then."""
    node, words = table.get("posture"), parameters.read("postures")
    if not (isinstance(node, Scalar) and "posture" in numbers and _WORD.match(node.text)):
        return numbers, ()
    if node.text not in words:
        hint = f"{suggest(node.text, tuple(words))}; or a factor on the lumbosacral CSF, such as 1.1"
        findings.add(node.mark, "patient.posture", node.text, "is not a known posture", hint)
        return numbers, ("posture",)
    word = words[node.text]
    return numbers.override("posture", word.value, word.source, word.grade), ("posture",)


def read_device(tree: Table, findings: Findings) -> tuple[str, str, ParameterSet]:
    """Pump, catheter and their parameters; where one cannot be read it is noted and left out."""
    if "device" not in tree:
        return "", "", ParameterSet()
    table = read_table(tree, "device", findings)
    if is_empty(tree.get("device")):
        return "", "", ParameterSet()
    pump = read_name(table, "pump", parameters.available("pumps"), "device", "", findings)
    catheter = read_name(table, "catheter", parameters.available("catheters"), "device", "", findings)
    if pump is None or catheter is None:
        return "", "", ParameterSet()
    numbers = parameters.read(f"pumps/{pump}", f"catheters/{catheter}", "clinic")
    owner = f"a device with {pump} and {catheter}"
    return pump, catheter, override(numbers, table, ("pump", "catheter"), "device", owner, findings)


def read_history(tree: Table, findings: Findings) -> History | None:
    """What came before the run, if the file tells."""
    if "history" not in tree:
        return None
    table = read_table(tree, "history", findings)
    if is_empty(tree.get("history")):
        return None
    refuse_unknown(table, ("daily_dose", "lasting"), "history", "the history", findings)
    dose, lasting = table.get("daily_dose"), table.get("lasting")
    for name, node, sample in (("daily_dose", dose, "300 ug/day"), ("lasting", lasting, "10 month")):
        if node is None:
            findings.add(
                table.mark, f"history.{name}", None, f"the key `{name}` is missing", f"add `{name}: {sample}`"
            )
    dose_ug_h = read_quantity(dose, "ug/h", "history.daily_dose", findings) if dose else None
    lasting_h = read_time(lasting, "history.lasting", findings) if lasting else None
    if dose_ug_h is not None and dose_ug_h <= 0.0 and dose:
        findings.add(
            dose.mark,
            "history.daily_dose",
            shown(dose),
            "is not above zero",
            "write a dose such as 300 ug/day, or remove `history` for a patient without baclofen",
        )
    return None if dose_ug_h is None or lasting_h is None else History(dose_ug_h, lasting_h)


def override(numbers: ParameterSet, table: Table, other: tuple[str, ...], path: str, owner: str,
             findings: Findings) -> ParameterSet:  # fmt: skip
    """*numbers* with what *table* says instead; any of them may be named, in any fitting unit."""
    refuse_unknown(table, (*other, *numbers), path, owner, findings)
    for key, node in table:
        if key.text in other or key.text not in numbers:
            continue
        stated = numbers[key.text].as_stated()
        sample = "" if stated.unit == "1" else _sample(stated)
        value = read_quantity(node, numbers[key.text].unit, join(path, key.text), findings, sample)
        if value is not None and _is_possible(value, numbers[key.text], node, join(path, key.text), findings):
            numbers = numbers.override(key.text, value)
    return numbers


def _sample(stated: Parameter) -> str:
    """A value that could stand there, with the usual ones."""
    return f"{stated.value:g} {stated.unit} (usual are {stated.low:.4g} to {stated.high:.4g} {stated.unit})"


def _is_possible(value: float, known: Parameter, node: Node, path: str, findings: Findings) -> bool:
    """A value outside its published range may be tried; one that no patient or pump can have may not."""
    stated = known.as_stated()
    usual = f"usual are {stated.low:.4g} to {stated.high:.4g} {'' if known.unit == '1' else stated.unit}"
    usual = usual.rstrip()
    if value < 0.0 <= known.low:
        findings.add(node.mark, path, shown(node), "is negative", f"write a value above zero; {usual}")
        return False
    if value == 0.0 < known.low:
        findings.add(
            node.mark,
            path,
            shown(node),
            "is zero, which this number cannot be",
            f"write a value above zero; {usual}",
        )
        return False
    if known.unit == "1" and known.high <= 1.0 < value:
        rule = "is more than one, which a share cannot be"
        findings.add(node.mark, path, shown(node), rule, f"write a value up to 1; {usual}")
        return False
    if known.name.startswith("n_") and not known.low <= value <= known.high:
        rule = "is not a number of segments that this model is made for"
        findings.add(node.mark, path, shown(node), rule, f"write a whole number; {usual}")
        return False
    if known.name.startswith("n_") and value != int(value):
        findings.add(node.mark, path, shown(node), "is not a whole number", f"write a whole number; {usual}")
        return False
    return True
