"""The writer that needs no model: request, thoughts, plan and closing words of a path, from data files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.clauses import Question, clause, questions, tidy
from enterpriselab.synthesis.grammar import table
from enterpriselab.synthesis.nouns import ME, Referrer
from enterpriselab.synthesis.paths import Path, bounds, consumers
from enterpriselab.synthesis.shape import Shape


@dataclass(frozen=True, slots=True)
class Draft:
    """A path in words."""

    path: Path
    prompt: str
    thoughts: tuple[str, ...]
    plan: tuple[str, ...]
    answer: str
    asked: tuple[Any, ...] = ()
    """Values that the closing words must say."""
    ending: str = ""
    writer: str = "grammar"


Writer = Callable[[Path, Random], Draft | None]


class GrammarWriter:
    """Phrases by seed; None for a path that asks for nothing."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._shapes = shapes

    def __call__(self, path: Path, rng: Random) -> Draft | None:
        """The draft of a path."""
        referrer = Referrer(path, self._shapes, rng)
        goals = [index for index, step in enumerate(path.steps) if step.writes]
        spoken = rng.getrandbits(32)
        clauses = [self._clause(path, index, referrer, Random(spoken + index)) for index in goals]
        question = None
        if not path.steps[-1].writes:
            question = questions(path, self._shapes, referrer, rng)
            if question is None:
                return None
        prompt = self._prompt(clauses, question, rng)
        referrer.forget()
        return Draft(
            path=path,
            prompt=prompt,
            thoughts=self._thoughts(path, referrer, spoken, question),
            plan=self._plan(path, referrer, spoken, question),
            answer=self._answer(path, goals, referrer, spoken, question),
            asked=(question.value,) if question else (),
            ending=question.ending if question else "",
        )

    def _clause(self, path: Path, index: int, referrer: Referrer, rng: Random, *, brief: bool = False) -> str:
        step = path.steps[index]
        return clause(step, self._shapes[step.tool], referrer, rng, brief=brief)

    def _prompt(self, clauses: Sequence[str], question: Question | None, rng: Random) -> str:
        frames = table("frames")
        if question is not None and not clauses:
            return _fill(rng.choice(frames["ask"]), ask=question.text)
        if question is not None:
            return _fill(rng.choice(frames["do_ask"]), do=_joined(clauses), ask=question.text)
        if len(clauses) == 1:
            return _fill(rng.choice(frames["one"]), do=clauses[0])
        if len(clauses) == 2:
            return _fill(rng.choice(frames["two"]), do=clauses[0], next=clauses[1])
        rest = " ".join(_fill(rng.choice(frames["then"]), do=item) for item in clauses[1:])
        return _fill(rng.choice(frames["more"]), do=clauses[0], rest=rest, list="; ".join(clauses))

    def _thoughts(self, path: Path, referrer: Referrer, spoken: int, question: Question | None) -> tuple[str, ...]:
        frames, rng = table("frames"), Random(spoken)
        found: list[str] = []
        for index, step in enumerate(path.steps):
            if step.writes:
                kind = "think_write" if any(True for _ in bounds(step)) or index else "think_write_first"
                words = {"do": self._clause(path, index, referrer, Random(spoken + index), brief=True)}
            else:
                later = consumers(path.steps, index)
                kind = "think_ask" if not later else "think_next" if index else "think_first"
                words = {
                    "what": self._what(path, index, referrer, question),
                    "do": self._purpose(path, later, referrer, spoken),
                }
            usable = [frame for frame in frames[kind] if "{do}" not in frame or words["do"]]
            referrer.forget()
            found.append(_fill(rng.choice(usable), **words))
        return tuple(found)

    def _what(self, path: Path, index: int, referrer: Referrer, question: Question | None) -> str:
        """What a read is made for."""
        step = path.steps[index]
        shape = self._shapes[step.tool]
        later = consumers(path.steps, index)
        used = [bound for place in later for bound in bounds(path.steps[place]) if bound.step == index]
        if used:
            what = referrer.brief(used[0])
            return "my own record" if what == ME else what
        if question is not None and question.ending != "?total":
            return f"the {lexicon.field_words(question.ending[1:])}"
        return f"the {lexicon.nouns_of(shape.entity, shape.noun)}"

    def _purpose(self, path: Path, later: Sequence[int], referrer: Referrer, spoken: int) -> str:
        for index in later:
            step = path.steps[index]
            if step.writes:
                return self._clause(path, index, referrer, Random(spoken + index), brief=True)
        return ""

    def _plan(self, path: Path, referrer: Referrer, spoken: int, question: Question | None) -> tuple[str, ...]:
        lines: list[str] = []
        for index, step in enumerate(path.steps):
            referrer.forget()
            if step.writes:
                text = self._clause(path, index, referrer, Random(spoken + index), brief=True)
            else:
                text = f"look up {self._what(path, index, referrer, question)}"
            lines.append(f"{text[0].upper()}{text[1:]} ({step.tool}).")
        return tuple(lines)

    def _answer(
        self, path: Path, goals: Sequence[int], referrer: Referrer, spoken: int, question: Question | None
    ) -> str:
        if question is not None:
            return question.answer
        referrer.forget()
        did = _joined(
            [lexicon.past(self._clause(path, index, referrer, Random(spoken + index), brief=True)) for index in goals]
        )
        return _fill(Random(spoken).choice(table("frames")["done"]), did=did)


def _joined(clauses: Sequence[str]) -> str:
    return ", then ".join(clauses)


def _fill(frame: str, **words: str) -> str:
    """The frame with its words; a slot written with a capital letter gets one."""
    text = frame
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
        text = text.replace("{" + name[0].upper() + name[1:] + "}", word[:1].upper() + word[1:])
    text = tidy(text)
    return text[:1].upper() + text[1:]
