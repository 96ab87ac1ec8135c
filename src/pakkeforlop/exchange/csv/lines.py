"""Find the records in a piece of CSV text, and the ones that cannot be read, before any parser sees them.

A parser that meets one stray quotation mark swallows the rows after it. So the piece is judged first: every line break
ends a record, except inside quotes that close properly a few lines below. What passes has the right number of fields
and whole quotes on one line, and a parser gives exactly as many rows as are counted here. All of it is done on arrays
of positions; only lines with odd quotes are looked at one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

NEWLINE = 10
QUOTE = 34
JOIN_AT_MOST = 50
"""A quoted field may hold so many line breaks; beyond that the quote is taken as a stray one."""
LONGEST_RECORD = 1 << 20
"""A record joined of several lines stays below this too."""
UNUSABLE = ("nul", "unreadable_characters", "too_long")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass
class Records:
    """The records of a piece: the text of the good ones, which these are, and why the others are refused."""

    text: bytes
    count: int
    good: Positions | None = None  # numbers (from 0) of the good records; None: all of them
    refused: dict[str, Positions] = field(default_factory=dict)  # reason -> record numbers
    used: int = 0  # bytes of the piece that are done with; the rest waits for the next piece


def scan(text: bytes, delimiter: str, fields: int, *, last: bool, undecoded: bool = False) -> Records:
    """Judge the records of `text`, which ends in a line break (or is the `last` piece and may not).

    `undecoded`: the text holds marks of replaced characters, whose lines are refused.
    """
    cut_off = last and not text.endswith(b"\n")
    if cut_off:
        text += b"\n"
    letters = np.frombuffer(text, np.uint8)
    breaks = np.flatnonzero(letters == NEWLINE)
    if not undecoded and not cut_off and _is_plain(text, letters, breaks, delimiter, fields):
        return Records(text, len(breaks), used=len(text))
    return _Piece(text, letters, breaks, delimiter, fields).judge(last=last, cut_off=cut_off, undecoded=undecoded)


def _is_plain(text: bytes, letters: npt.NDArray[np.uint8], breaks: Positions, delimiter: str, fields: int) -> bool:
    """No quotes, no empty lines, and every record has the right number of fields: nearly all files."""
    if b'"' in text or b"\0" in text:
        return False
    if len(breaks) and np.diff(breaks, prepend=-1).max() > LONGEST_RECORD // 2:
        return False
    marks = np.flatnonzero((letters == ord(delimiter)) | (letters == NEWLINE))
    if len(marks) != len(breaks) * fields:
        return False
    # one field a line would let empty lines through as records
    return fields > 1 and bool((marks[fields - 1 :: fields] == breaks).all())


class _Piece:
    """A piece of text with something unusual in it, line by line in arrays."""

    def __init__(
        self, text: bytes, letters: npt.NDArray[np.uint8], breaks: Positions, delimiter: str, fields: int
    ) -> None:
        self.text, self.letters, self.ends = text, letters, breaks
        self.starts = np.concatenate((np.zeros(1, np.int64), breaks[:-1] + 1)) if len(breaks) else breaks
        self.delimiter, self.fields = delimiter, fields
        self.reason = np.zeros(len(breaks), np.uint8)
        self.reasons: list[str] = [""]
        self.belongs_above: Mask = np.zeros(len(breaks), bool)  # lines that a quoted field above runs on into
        self.spaces: list[int] = []  # line breaks inside quoted fields, to be written as blanks

    def judge(self, *, last: bool, cut_off: bool, undecoded: bool) -> Records:
        empty = self.starts == self.ends
        if undecoded:
            self._refuse_where("unreadable_characters", REPLACEMENT)
        self._refuse_where("nul", b"\0")
        self._refuse(np.flatnonzero(self.ends - self.starts > LONGEST_RECORD // 2), "too_long")
        complex_lines = self._simple_quotes_and_field_counts()
        waiting = self._judge_quoted(complex_lines, last=last)
        if cut_off and len(self.ends) and self.reason[-1] and not empty[-1]:
            self._refuse(np.array([len(self.ends) - 1]), "cut_off", over=True)
        return self._records(empty, waiting)

    def _refuse(self, lines: Positions, reason: str, *, over: bool = False) -> None:
        """Refuse lines that have no reason yet (or `over` the one they have)."""
        if reason not in self.reasons:
            self.reasons.append(reason)
        free = lines if over else lines[self.reason[lines] == 0]
        self.reason[free] = self.reasons.index(reason)

    def _refuse_where(self, reason: str, sought: bytes) -> None:
        places = [found.start() for found in re.finditer(re.escape(sought), self.text)]
        if places:
            self._refuse(np.unique(np.searchsorted(self.ends, np.array(places))), reason)

    def _simple_quotes_and_field_counts(self) -> Positions:
        """Count the fields of every line; the lines whose quotes need a closer look are given back."""
        marks = np.flatnonzero(self.letters == ord(self.delimiter))
        quotes = np.flatnonzero(self.letters == QUOTE)
        closer = np.zeros(len(self.ends), bool)
        if len(quotes):
            line = np.searchsorted(self.ends, quotes)
            number = np.bincount(line, minlength=len(self.ends))
            before = np.cumsum(number) - number
            closer = number % 2 == 1
            opens = (np.arange(len(quotes)) - before[line]) % 2 == 0
            edges = np.array([ord(self.delimiter), NEWLINE], np.uint8)
            neighbour = np.where(opens, quotes - 1, quotes + 1)
            at_edge = np.isin(self.letters[np.maximum(neighbour, 0)], edges) | (neighbour < 0)
            closer[line[~at_edge]] = True
            mark_line = np.searchsorted(self.ends, marks)
            inside = (np.searchsorted(quotes, marks) - before[mark_line]) % 2 == 1
            marks = marks[~inside]
        counts = np.searchsorted(marks, self.ends) - np.searchsorted(marks, self.starts)
        wrong = (counts != self.fields - 1) & ~closer & (self.starts != self.ends)
        self._refuse(np.flatnonzero(wrong), "field_count")
        return np.flatnonzero(closer & (self.reason == 0))

    def _judge_quoted(self, lines: Positions, *, last: bool) -> int:
        """Judge lines with doubled, stray or unclosed quotes. Gives the byte where an unfinished record begins."""
        if not len(lines):
            return len(self.text)
        record = _record_pattern(self.delimiter, self.fields)
        any_record = _record_pattern(self.delimiter, None)
        odd = [int(n) for n in lines if self._quotes(int(n)) % 2]
        position = {line: place for place, line in enumerate(odd)}
        done = -1
        for number in lines.tolist():
            if number <= done:
                continue
            line = self.text[self.starts[number] : self.ends[number]]
            if record.fullmatch(line):
                continue
            if any_record.fullmatch(line):
                self._refuse(np.array([number]), "field_count")
                continue
            end = self._joined(number, position, odd, record)
            if end is not None:
                done = end
            elif number in position and not last and len(self.ends) - number <= JOIN_AT_MOST:
                return int(self.starts[number])  # may go on in the next piece
            else:
                self._refuse(np.array([number]), "quotes")
        return len(self.text)

    def _quotes(self, number: int) -> int:
        return self.text.count(b'"', int(self.starts[number]), int(self.ends[number]))

    def _joined(self, number: int, position: dict[int, int], odd: list[int], record: re.Pattern[bytes]) -> int | None:
        """The line where the record that begins on line `number` ends, when a quoted field holds line breaks."""
        place = position.get(number)
        if place is None or place + 1 >= len(odd) or odd[place + 1] - number > JOIN_AT_MOST:
            return None
        end = odd[place + 1]
        begin, finish = int(self.starts[number]), int(self.ends[end])
        unusable = [self.reasons.index(reason) for reason in UNUSABLE if reason in self.reasons]
        if np.isin(self.reason[number : end + 1], unusable).any():
            return None
        if finish - begin > LONGEST_RECORD or not record.fullmatch(self.text[begin:finish].replace(b"\n", b" ")):
            return None
        self.spaces.extend(self.ends[number:end].tolist())
        self.belongs_above[number + 1 : end + 1] = True
        self.reason[number : end + 1] = 0
        return end

    def _records(self, empty: Mask, used: int) -> Records:
        """Number the records and cut out the text of the good ones."""
        inside = self.starts < used
        begins = inside & ~(empty & ~self.belongs_above) & ~self.belongs_above
        numbers = np.cumsum(begins) - 1
        count = int(begins.sum())
        refused = {
            reason: numbers[begins & (self.reason == place)]
            for place, reason in enumerate(self.reasons)
            if place and (begins & (self.reason == place)).any()
        }
        keep = inside & (self.reason == 0) & (begins | self.belongs_above)
        letters = self.letters
        if self.spaces:
            letters = letters.copy()
            letters[self.spaces] = ord(" ")
        whole = bool(keep.all()) and not self.spaces
        text = self.text if whole else letters[np.repeat(keep, self.ends + 1 - self.starts)].tobytes()
        good = None if not refused else numbers[begins & (self.reason == 0)]
        return Records(text, count, good, refused, min(used, len(self.text)))


def _record_pattern(delimiter: str, fields: int | None) -> re.Pattern[bytes]:
    """A record whose quotes are whole: each field quoted with doubled quotes inside, or not beginning with a quote."""
    mark = re.escape(delimiter)
    one = rf'(?:"(?:[^"\n]|"")*"|[^"{mark}\n][^{mark}\n]*|)'
    more = rf"(?:{mark}{one})" + (f"{{{fields - 1}}}" if fields else "*")
    return re.compile((one + more).encode())
