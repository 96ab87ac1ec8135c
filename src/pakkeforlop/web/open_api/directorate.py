"""The directorate's way to ask: a list of indicators, one of them, and its data as rows with one value each."""

from __future__ import annotations

from typing import Any

from pakkeforlop.publication.open_api.directorate import directorate, numbers_of
from pakkeforlop.web.open_api.answering import JSON, Answer, Question
from pakkeforlop.web.open_api.asked import shortened
from pakkeforlop.web.open_api.problems import Problem


def listed(question: Question) -> Answer:
    """All indicators that have data, as the directorate lists them."""
    numbers = numbers_of(question.library.current, question.catalogue)
    return Answer.of([_item(question, number, title) for number, title in sorted(numbers.items())])


def one(question: Question) -> Answer:
    """One of the list."""
    number, title = _known(question)
    return Answer.of(_item(question, number, title))


def data(question: Question) -> Answer:
    """The rows of an indicator; 204 where there are none."""
    number, _ = _known(question)
    found = directorate(question.library.current.rows, question.catalogue, number=number)
    if not found["AttachmentDataRows"]:
        return Answer(b"", JSON, status=204)
    return Answer.of(found)


def _known(question: Question) -> tuple[int, str]:
    text = question.parts["number"]
    numbers = numbers_of(question.library.current, question.catalogue)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
    if number not in numbers:
        known = ", ".join(str(one) for one in sorted(numbers))
        raise Problem(404, "no_number", number=shortened(text), known=known)
    return number, numbers[number]


def _item(question: Question, number: int, title: str) -> dict[str, Any]:
    here = f"{question.base}/innhold/nki/kvalitetsindikatorer/{number}"
    return {
        "id": str(number),
        "tittel": title,
        "tekst": title,
        "attachments": [
            {
                "title": title,
                "fileName": f"{number}.json",
                "fileType": "application/json",
                "fileUri": f"{here}/data?contentType=application/json",
                "url": f"{here}/data?contentType=application/json",
            }
        ],
    }
