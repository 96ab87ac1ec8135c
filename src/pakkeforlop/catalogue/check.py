"""All rules between definitions, run together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pakkeforlop.catalogue.checks.codes import codes_are_listed_once, listed_codes_follow_from_pathways
from pakkeforlop.catalogue.checks.events import event_rules_hold_together
from pakkeforlop.catalogue.checks.families import definitions_fit_the_engine, families_hold_together
from pakkeforlop.catalogue.checks.limits import limits_hold_together
from pakkeforlop.catalogue.checks.lists import (
    indicators_measure_what_exists,
    keys_are_used_once,
    messages_speak_of_known_families,
    settings_make_sense,
)
from pakkeforlop.catalogue.checks.pathways import diagnoses_lead_to_one_pathway, pathways_hold_together
from pakkeforlop.catalogue.checks.references import messages_exist, sources_exist, specialties_exist
from pakkeforlop.catalogue.checks.units import (
    organisation_numbers_are_used_once,
    organisation_numbers_have_their_check_digit,
    units_belong_to_known_units,
)
from pakkeforlop.catalogue.faults import Fault
from pakkeforlop.catalogue.validate import Parts

RULES: tuple[Callable[[Parts], Iterator[Fault]], ...] = (
    keys_are_used_once,
    families_hold_together,
    definitions_fit_the_engine,
    pathways_hold_together,
    diagnoses_lead_to_one_pathway,
    limits_hold_together,
    codes_are_listed_once,
    listed_codes_follow_from_pathways,
    organisation_numbers_are_used_once,
    organisation_numbers_have_their_check_digit,
    units_belong_to_known_units,
    indicators_measure_what_exists,
    messages_speak_of_known_families,
    settings_make_sense,
    event_rules_hold_together,
    sources_exist,
    messages_exist,
    specialties_exist,
)


def check(parts: Parts) -> list[Fault]:
    """Every fault that shows only when definitions are held against each other."""
    return [fault for rule in RULES for fault in rule(parts)]
