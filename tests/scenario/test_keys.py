import pytest

from itsim.scenario import ScenarioError
from itsim.scenario.keys import REQUIRED, ROOT_KEYS, is_empty
from itsim.scenario.nodes import Mark, Table

TEXT = """itsim: 1
title: Keys
device: {pump: synchromed_ii_40, catheter: ascenda}
timeline:
  - {at: 0 day, fill: {volume: 40 mL, concentration: 2000 ug/mL}}
until: 30 day
"""


def test_the_least_that_a_file_needs(read):
    scenario = read(TEXT)
    assert (scenario.body, scenario.tip, scenario.story, scenario.history) == ("neuraxis", "T10", "", None)
    assert set(REQUIRED) < set(ROOT_KEYS)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("itsim: 1", "itsim: 1.0", "'1.0' is not a version"),
        ("title: Keys", "title:", "`title` holds no text"),
        ("title: Keys", "title: [a]", "`title` holds no text"),
        ("until: 30 day", "until: 0 h", "'0 h' leaves no time"),
        ("until: 30 day", "until:", "a number with its unit belongs here"),
        ("until: 30 day", "until: 30 day\nbody: [a]", "the name of a body belongs here"),
        ("catheter: ascenda", "length: 80 cm", "the key `catheter` is missing"),
        ("until: 30 day", "until: 30 day\nStory: x", "did you mean 'story'?"),
    ],
)
def test_keys_that_are_wrong(old, new, said, read):
    with pytest.raises(ScenarioError) as caught:
        read(TEXT.replace(old, new))
    assert said in str(caught.value)


def test_titles_may_look_like_numbers(read):
    assert read(TEXT.replace("title: Keys", "title: 2023")).title == "2023"


def test_a_topic_is_read_and_changes_no_number(read):
    plain, named = read(TEXT), read(TEXT + "topic: catheter\n")
    assert plain.topic == ""
    assert named.topic == "catheter"
    assert named.sha256 == plain.sha256
    with pytest.raises(ScenarioError, match="`topic` holds no text"):
        read(TEXT + "topic: [catheter]\n")


def test_empty_groups():
    assert is_empty(None)
    assert not is_empty(Table(Mark(), ()))


def test_sources_and_assumptions_are_lists_of_texts(read):
    scenario = read(TEXT + "sources: [vorenkamp2023]\nassumptions: [every dose, the flow]\n")
    assert scenario.sources == ("vorenkamp2023",)
    assert scenario.assumptions == ("every dose", "the flow")


@pytest.mark.parametrize(
    ("line", "path", "hint"),
    [
        ("sources: [vorenkamp2032]", "sources", "vorenkamp2023"),
        ("assumptions: every dose", "assumptions", "assumptions: [the course of the flow]"),
        ("assumptions: []", "assumptions", "assumptions: [the course of the flow]"),
    ],
)
def test_bad_sources_and_assumptions_are_explained(line, path, hint, read):
    with pytest.raises(ScenarioError) as caught:
        read(TEXT + line + "\n")
    (problem,) = caught.value.problems
    assert problem.path == path
    assert hint in problem.hint
