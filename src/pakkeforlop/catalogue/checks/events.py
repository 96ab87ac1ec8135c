"""Rules on the event rules: what they name exists, a rule can be met, and none stands in another's shadow."""

from __future__ import annotations

from collections.abc import Iterator

from pakkeforlop.catalogue.checks.look import families, points, words
from pakkeforlop.catalogue.faults import Fault, Found, Loc, say
from pakkeforlop.catalogue.model import EventRule, Family
from pakkeforlop.catalogue.shapes import EventRulesFile
from pakkeforlop.catalogue.validate import Parts


def event_rules_hold_together(parts: Parts) -> Iterator[Fault]:
    """Every rule names kinds, findings, families, points and codes that exist, and can be reached."""
    if "event_rules" in parts.incomplete or "families" in parts.incomplete:
        return
    known = families(parts)
    for document, file in parts.of("event_rules"):
        for loc, said in _file_faults(file, known):
            yield document.fault(loc, said)


def _file_faults(file: EventRulesFile, known: dict[str, Family]) -> Iterator[Found]:
    kinds, findings = [kind.key for kind in file.kind], [finding.key for finding in file.finding]
    used: set[str] = set()
    for index, rule in enumerate(file.rule):
        loc: Loc = ("rule", index)
        used |= {*rule.findings, rule.earlier_finding}
        yield from _names((*loc, "events"), rule.events, kinds, "not_a_kind_of_event")
        for name in ("findings", "not_findings"):
            yield from _names((*loc, name), getattr(rule, name), findings, "not_a_finding")
        yield from _names((*loc, "families"), rule.families, list(known), "not_a_family_of_rule")
        yield from _rule_faults(loc, rule, kinds, findings)
        yield from _code_faults(loc, rule, [known[key] for key in rule.families or known if key in known])
        shadow = next((one for one in file.rule[:index] if _hides(one, rule)), None)
        if shadow is not None:
            yield loc, say("rule_never_met", given=rule.key, other=shadow.key)
    for index, finding in enumerate(findings):
        if finding not in used and not file.finding[index].note:
            yield ("finding", index, "key"), say("finding_unused", given=finding)


def _names(loc: Loc, given: tuple[str, ...], known: list[str], sentence: str) -> Iterator[Found]:
    for index, name in enumerate(given):
        if name not in known:
            yield (*loc, index), say(sentence, given=name, known=words(known))


def _rule_faults(loc: Loc, rule: EventRule, kinds: list[str], findings: list[str]) -> Iterator[Found]:
    if not rule.events:
        yield (*loc, "events"), say("rule_of_nothing")
    if any(not word.strip() for word in rule.words):
        yield (*loc, "words"), say("empty")
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        yield (*loc, "valid_to"), say("ends_before", day=rule.valid_to, name="valid_from", other=rule.valid_from)
    for point in rule.present:
        if point in rule.missing:
            yield (*loc, "missing"), say("present_and_missing", given=point)
    if (rule.day_of == "earlier") != bool(rule.earlier):
        yield (*loc, "day_of"), say("needs", name="earlier" if rule.day_of == "earlier" else 'day_of = "earlier"')
    if rule.earlier:
        yield from _names((*loc, "earlier"), (rule.earlier,), kinds, "not_a_kind_of_event")
    if rule.earlier_finding:
        yield from _names((*loc, "earlier_finding"), (rule.earlier_finding,), findings, "not_a_finding")
    if rule.towards and "start" not in rule.missing:
        yield (*loc, "towards"), say("needs", name='missing = ["start"]')


def _code_faults(loc: Loc, rule: EventRule, inside: list[Family]) -> Iterator[Found]:
    """The code exists in some family of the rule, and so does every point that is asked for."""
    suffixes = {event.suffix for family in inside for event in family.event}
    if inside and rule.suffix not in suffixes:
        yield (*loc, "suffix"), say("not_a_suffix", given=rule.suffix, known=words(sorted(suffixes)))
    there = {point for family in inside for point in points(family)}
    for name in ("present", "missing"):
        for index, point in enumerate(getattr(rule, name)):
            if inside and point not in there:
                yield (*loc, name, index), say("not_a_point", given=point, known=words(sorted(there)))


def _hides(first: EventRule, later: EventRule) -> bool:
    """Whether everything that meets a rule has met the one above it."""
    same = first.towards == later.towards and first.earlier == later.earlier and first.day_of == later.day_of
    wide = (
        set(later.events) <= set(first.events)
        and set(first.present) <= set(later.present)
        and set(first.missing) <= set(later.missing)
        and (not first.families or (bool(later.families) and set(later.families) <= set(first.families)))
        and (not first.elsewhere or later.elsewhere)
        and (not first.here or later.here)
    )
    anything = not first.findings and not first.words and not first.not_findings
    said = set(later.findings) <= set(first.findings) and set(later.words) <= set(first.words)
    spoken = bool(later.findings or later.words)
    lasts = first.valid_from <= later.valid_from and first.valid_to is None
    return same and wide and lasts and (anything or (spoken and said))
