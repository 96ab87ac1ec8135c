"""The one state machine that links registrations into pathway instances, and the one function that measures them.

Both are written once and know no pathway, code or limit: `tables.py` compiles them from the catalogue. They are
compiled with Numba for bulk, and called as plain Python (on lists) for one patient. Every array is flat and one
dimensional so that both forms read it alike.

A registration is one whole number, the key, whose fields from the highest bit down are

    patient | pathway | day | order of the code | place

so that sorting keys sorts registrations in the order that the rules ask for (decision 5). The field widths are
computed from the data (`keys.py`). `layout` holds them: place bits, order bits, day bits, pathway bits, first day.

Rules: R1 to R15 and decisions 1 to 14 of docs/decisions/0004-own-readings.md; a story for each in tests/spec.
"""

from __future__ import annotations

from typing import Any

NONE, OPEN, ENDED = 0, 1, 2
"""States of a patient in a pathway: no instance yet, one open, the last one ended."""

OPENS, TRANSFER, POSTPONES, SPECIALIST, FREES_TRANSFER = 1, 2, 4, 8, 16
"""Flags of a code. FREES_TRANSFER: a transfer by the same place on the same day comes after this code."""

ONCE, BY_TRANSFER = 1, 2
"""Repeat rules of a code; 0 keeps all."""

TRANSFERRED, POSTPONED, VIA_SPECIALIST, HAS_TRANSFER, CONTINUED = 1, 2, 4, 8, 16
"""Flags of an instance."""

NEEDS_PER_CODE = 3
CLOSED_BY_RULE = 0
"""Number of the end that is set by rule when a pathway is retired; ends of codes are numbered from 1."""

COUNTS, POSTPONED_OUT, NO_LIMIT, NOT_TREATED, NEGATIVE, STILL_OPEN, BY_RULE = range(7)
"""Why an instance is in the share of its pathway or not (decision 9)."""


def link(keys: Any, low: int, high: int, layout: Any, rules: Any, places: Any, as_of: int, found: Any) -> Any:
    """Walk the sorted keys from `low` to `high` (whole patients) and write instances and messages.

    rules: `tables.Rules` fields in the order of `tables.RULES`; places: hospital and trust number of each place.
    found: `link.FOUND` arrays to write into. Keys may be reordered within a day (a transfer on the day of the
    sender's own treatment or break-off comes after it). Returns (instances, messages) written.
    """
    place_bits, order_bits, day_bits, pathway_bits, first_day = layout
    (
        flags, repeat, repeat_message, point, slot, armed, kind, end, after_end, warns, code_first, code_last,
        need_missing, need_present, need_message, late_order,
        prefix_first, prefix_last, not_introduced, lapsed, orphan_before, orphan_without, identical, before_first,
        duplicate, stale_days, stale_message, no_answer_days, no_answer_message, unannounced_message,
        reopened_days, reopened_message, closed_by_rule_message, same_place_kept, reopened_end, slots,
    ) = rules  # fmt: skip
    hospital, trust = places
    (
        used, opening, slot_of, ended, instance_flags, institutions, trusts, seen_messages, number, last_day,
        message_row, message_number, message_instance,
    ) = found  # fmt: skip
    day_shift = place_bits + order_bits
    group_shift = day_shift + day_bits
    place_mask = (1 << place_bits) - 1
    order_mask = (1 << order_bits) - 1
    day_mask = (1 << day_bits) - 1
    pathway_mask = (1 << pathway_bits) - 1
    low_mask = (1 << group_shift) - 1
    e = -1  # instance being built
    m = 0  # messages written
    group = -1
    pathway = 0
    state = NONE
    seen = 0  # points seen in the instance
    codes_seen = 0
    counter = 0  # instances of this patient and pathway
    reopened_from = -(1 << 30)  # last day of an end after which a new start is noted
    ended_code = 0
    last_used = 0
    i = low
    while i <= high:
        key = keys[i] if i < high else -1
        at_group_end = i == high or (key >> group_shift) != group
        opens_now = False
        if not at_group_end:
            order = (key >> place_bits) & order_mask
            code = (pathway << order_bits) | order
            day = ((key >> day_shift) & day_mask) + first_day
            place = key & place_mask
            if flags[code] & TRANSFER and order != late_order:
                # A transfer on the day of the sender's own treatment or break-off comes after it.
                j = i + 1
                own = False
                while j < high and (keys[j] >> day_shift) == (key >> day_shift):
                    other = keys[j] & place_mask
                    there = (pathway << order_bits) | ((keys[j] >> place_bits) & order_mask)
                    if flags[there] & FREES_TRANSFER and (
                        hospital[other] == hospital[place] or trust[other] == trust[place]
                    ):
                        own = True
                    j += 1
                if own:
                    late = key + ((late_order - order) << place_bits)
                    j = i
                    while j + 1 < high and (keys[j + 1] >> day_shift) == (key >> day_shift) and keys[j + 1] <= late:
                        keys[j] = keys[j + 1]
                        j += 1
                    keys[j] = late
                    if j != i:
                        continue
                    key = late
                    order = late_order
                    code = (pathway << order_bits) | order
            used[i] = 0
            if day < prefix_first[pathway]:
                message_row[m], message_number[m], message_instance[m] = i, not_introduced[pathway], -1
                m += 1
                i += 1
                continue
            if day > code_last[code]:
                message_row[m], message_number[m], message_instance[m] = i, lapsed[pathway], -1
                m += 1
                i += 1
                continue
            if i > low and keys[i - 1] == key:
                message_row[m], message_number[m] = i, identical[pathway]
                message_instance[m] = e if state != NONE else -1
                if state != NONE:
                    seen_messages[e] |= 1 << identical[pathway]
                m += 1
                i += 1
                continue
            if flags[code] & OPENS:
                opens_now = True
                if state == OPEN:
                    opens_now = False
                    # The last used start at this very place, and whether somebody else has handed the patient on since.
                    same = -1
                    j = i - 1
                    while j >= opening[e]:
                        there = (pathway << order_bits) | ((keys[j] >> place_bits) & order_mask)
                        other = keys[j] & place_mask
                        if used[j] and flags[there] & OPENS:
                            if hospital[other] == hospital[place] or trust[other] == trust[place]:
                                same = j
                                break
                        j -= 1
                    if same >= 0:
                        handed_on = False
                        for j in range(same + 1, i):
                            there = (pathway << order_bits) | ((keys[j] >> place_bits) & order_mask)
                            if used[j] and flags[there] & TRANSFER:
                                if hospital[keys[j] & place_mask] != hospital[place]:
                                    handed_on = True
                        if day - last_used > stale_days[pathway]:
                            opens_now = True
                            message_row[m], message_number[m] = opening[e], stale_message[pathway]
                            message_instance[m] = e
                            seen_messages[e] |= 1 << stale_message[pathway]
                            m += 1
                        elif not handed_on and not same_place_kept[pathway]:
                            message_row[m], message_number[m] = i, duplicate[pathway]
                            message_instance[m] = e
                            seen_messages[e] |= 1 << duplicate[pathway]
                            m += 1
                            i += 1
                            continue
        if (at_group_end or opens_now) and state != NONE:
            # The instance is whole now: what can only be judged when all of it is known.
            if instance_flags[e] & (HAS_TRANSFER | CONTINUED):
                last_start = -1
                for j in range(opening[e], i):
                    if not used[j]:
                        continue
                    there = (pathway << order_bits) | ((keys[j] >> place_bits) & order_mask)
                    this_day = ((keys[j] >> day_shift) & day_mask) + first_day
                    this_hospital = hospital[keys[j] & place_mask]
                    if flags[there] & TRANSFER and as_of >= this_day + no_answer_days[pathway]:
                        answered = False
                        for n in range(opening[e], i):
                            then = ((keys[n] >> day_shift) & day_mask) + first_day
                            if (
                                used[n]
                                and flags[(pathway << order_bits) | ((keys[n] >> place_bits) & order_mask)] & OPENS
                                and hospital[keys[n] & place_mask] != this_hospital
                                and this_day <= then <= this_day + no_answer_days[pathway]
                            ):
                                answered = True
                        if not answered:
                            message_row[m], message_number[m] = j, no_answer_message[pathway]
                            message_instance[m] = e
                            seen_messages[e] |= 1 << no_answer_message[pathway]
                            m += 1
                    if flags[there] & OPENS:
                        if j != opening[e]:
                            announced = False  # or known here from before, so that a transfer brought the patient back
                            for n in range(opening[e], j):
                                if (
                                    used[n]
                                    and flags[(pathway << order_bits) | ((keys[n] >> place_bits) & order_mask)] & OPENS
                                ):
                                    other = keys[n] & place_mask
                                    if hospital[other] == this_hospital or trust[other] == trust[keys[j] & place_mask]:
                                        announced = True
                            for n in range(opening[e], i):
                                then = ((keys[n] >> day_shift) & day_mask) + first_day
                                if (
                                    used[n]
                                    and flags[(pathway << order_bits) | ((keys[n] >> place_bits) & order_mask)]
                                    & TRANSFER
                                    and hospital[keys[n] & place_mask] != this_hospital
                                    and last_start <= then <= this_day
                                ):
                                    announced = True
                            if not announced:
                                message_row[m], message_number[m] = j, unannounced_message[pathway]
                                message_instance[m] = e
                                seen_messages[e] |= 1 << unannounced_message[pathway]
                                m += 1
                        last_start = this_day
            last_day[e] = last_used
            if state == OPEN and as_of > prefix_last[pathway]:
                ended[e] = CLOSED_BY_RULE
                message_row[m], message_number[m] = opening[e], closed_by_rule_message[pathway]
                message_instance[m] = e
                seen_messages[e] |= 1 << closed_by_rule_message[pathway]
                m += 1
        if at_group_end:
            if i == high:
                break
            group = key >> group_shift
            pathway = group & pathway_mask
            state = NONE
            counter = 0
            reopened_from = -(1 << 30)
            continue
        if opens_now:
            stale = state == OPEN
            reopened = state == ENDED and day - reopened_from <= reopened_days[pathway]
            e += 1
            counter += 1
            opening[e] = i
            for n in range(slots):
                slot_of[e * slots + n] = -1
            slot_of[e * slots] = key & low_mask
            ended[e] = -1
            instance_flags[e] = VIA_SPECIALIST if flags[code] & SPECIALIST else 0
            institutions[e] = 1
            trusts[e] = 1
            seen_messages[e] = 0
            number[e] = counter
            state = OPEN
            seen = 0
            codes_seen = 0
            if stale:
                message_row[m], message_number[m], message_instance[m] = i, stale_message[pathway], e
                seen_messages[e] |= 1 << stale_message[pathway]
                m += 1
            if reopened:
                message_row[m], message_number[m], message_instance[m] = i, reopened_message[pathway], e
                seen_messages[e] |= 1 << reopened_message[pathway]
                m += 1
        elif state == NONE:
            # Nothing is open: is a start still to come?
            coming = False
            j = i + 1
            while j < high and (keys[j] >> group_shift) == group:
                there = (pathway << order_bits) | ((keys[j] >> place_bits) & order_mask)
                then = ((keys[j] >> day_shift) & day_mask) + first_day
                if flags[there] & OPENS and prefix_first[pathway] <= then <= code_last[there]:
                    coming = True
                    break
                j += 1
            message_row[m], message_instance[m] = i, -1
            message_number[m] = orphan_before[pathway] if coming else orphan_without[pathway]
            m += 1
            i += 1
            continue
        elif state == ENDED:
            number_after = after_end[ended_code]
            message_row[m], message_number[m], message_instance[m] = i, number_after, e
            seen_messages[e] |= 1 << number_after
            m += 1
            i += 1
            continue
        elif repeat[code] == ONCE and (codes_seen >> order) & 1:
            message_row[m], message_number[m], message_instance[m] = i, repeat_message[code], e
            seen_messages[e] |= 1 << repeat_message[code]
            m += 1
            i += 1
            continue
        elif repeat[code] == BY_TRANSFER and instance_flags[e] & HAS_TRANSFER:
            # Sent on already, and not received again since?
            j = i - 1
            again = False
            while j >= opening[e]:
                there = (pathway << order_bits) | ((keys[j] >> place_bits) & order_mask)
                other = keys[j] & place_mask
                if used[j] and (hospital[other] == hospital[place] or trust[other] == trust[place]):
                    if flags[there] & OPENS:
                        break
                    if flags[there] & TRANSFER:
                        again = True
                        break
                j -= 1
            if again:
                message_row[m], message_number[m], message_instance[m] = i, repeat_message[code], e
                seen_messages[e] |= 1 << repeat_message[code]
                m += 1
                i += 1
                continue
        # The row is used: what it asks of the rows before it, then what it does.
        used[i] = 1
        last_used = day
        if day < code_first[code]:
            message_row[m], message_number[m], message_instance[m] = i, before_first[pathway], e
            seen_messages[e] |= 1 << before_first[pathway]
            m += 1
        if warns[code]:
            message_row[m], message_number[m], message_instance[m] = i, warns[code], e
            seen_messages[e] |= 1 << warns[code]
            m += 1
        for n in range(code * NEEDS_PER_CODE, (code + 1) * NEEDS_PER_CODE):
            if not need_message[n]:
                break
            if not (seen & need_missing[n]) and (seen & need_present[n]) == need_present[n]:
                message_row[m], message_number[m], message_instance[m] = i, need_message[n], e
                seen_messages[e] |= 1 << need_message[n]
                m += 1
        start_place = slot_of[e * slots] & place_mask
        if place != start_place:
            new_hospital = hospital[place] != hospital[start_place]
            new_trust = trust[place] != trust[start_place]
            if new_trust and flags[code] & OPENS:
                instance_flags[e] |= TRANSFERRED
            if new_hospital or new_trust:
                for j in range(opening[e], i):
                    if used[j]:
                        other = keys[j] & place_mask
                        if hospital[other] == hospital[place]:
                            new_hospital = False
                        if trust[other] == trust[place]:
                            new_trust = False
                if new_hospital:
                    institutions[e] += 1
                if new_trust:
                    trusts[e] += 1
        if flags[code] & OPENS and not opens_now:
            instance_flags[e] |= CONTINUED
        if flags[code] & TRANSFER:
            instance_flags[e] |= HAS_TRANSFER | TRANSFERRED
        if flags[code] & POSTPONES:
            instance_flags[e] |= POSTPONED
        codes_seen |= 1 << order
        at = e * slots + slot[code]
        if slot[code] > 0 and slot_of[at] < 0 and (seen & armed[code]) == armed[code]:
            slot_of[at] = key & low_mask
        seen |= point[code]
        if end[code]:
            ended[e] = end[code]
            ended_code = code
            if reopened_end[end[code]]:
                reopened_from = day
            slot_of[e * slots + slots - 1] = key & low_mask
            state = ENDED
        i += 1
    return e + 1, m


def measure(
    keys: Any, low: int, high: int, layout: Any, measuring: Any, found: Any, measured: Any, messages: int, choices: Any
) -> Any:
    """Measure the instances `low` to `high`: days of each span, the limit in force at the start, and the share.

    found: as `link`; measured: arrays to write into; messages: how many messages are written before. A missing point
    gives -1, never zero; a negative span is set aside with a warning (decisions 8 to 11, R11).
    Returns the number of messages after.
    """
    place_bits, order_bits, day_bits, pathway_bits, first_day = layout
    (
        versions, spans, kinds, version_from, limits, span_from, span_to, span_by_kind, share_from, share_to,
        share_spans, share_by_kind, share_end_slot, kind_of, negative_message, long_days, long_message, slots,
        treatment_slot, postponed_slot,
    ) = measuring  # fmt: skip
    include_postponed, postponed_is_start = choices
    opening, slot_of, ended, instance_flags, seen_messages, message_row, message_number, message_instance = found
    span_days, span_limit, share_days, share_limit, share_reason, version_of = measured
    day_shift = place_bits + order_bits
    group_shift = day_shift + day_bits
    order_mask = (1 << order_bits) - 1
    pathway_mask = (1 << pathway_bits) - 1
    m = messages
    for e in range(low, high):
        pathway = (keys[opening[e]] >> group_shift) & pathway_mask
        base = e * slots
        start_day = (slot_of[base] >> day_shift) + first_day
        version = -1
        for n in range(versions):
            if version_from[pathway * versions + n] <= start_day:
                version = n
        version_of[e] = version
        kind = 0
        treated = slot_of[base + treatment_slot]
        if treated >= 0:
            kind = kind_of[(pathway << order_bits) | ((treated >> place_bits) & order_mask)]
        negative = False
        long_span = False
        for n in range(spans):
            at = e * spans + n
            span_days[at] = -1
            span_limit[at] = -1
            a = span_from[pathway * spans + n]
            b = span_to[pathway * spans + n]
            if a < 0:
                continue
            by_kind = span_by_kind[pathway * spans + n]
            if version >= 0 and (not by_kind or treated >= 0):
                span_limit[at] = limits[((pathway * versions + version) * spans + n) * kinds + (kind if by_kind else 0)]
            first = slot_of[base + a]
            last = slot_of[base + b]
            if postponed_is_start and b == treatment_slot and slot_of[base + postponed_slot] >= 0:
                if last >= 0:
                    last = slot_of[base + postponed_slot]
            if first >= 0 and last >= 0:
                days = (last >> day_shift) - (first >> day_shift)
                if days < 0:
                    negative = True
                else:
                    span_days[at] = days
                    if days > long_days[pathway]:
                        long_span = True
        share_days[e] = -1
        share_limit[e] = -1
        total = 0
        if share_to[pathway] >= 0:
            first = slot_of[base + share_from[pathway]]
            last = slot_of[base + share_to[pathway]]
            if postponed_is_start and share_to[pathway] == treatment_slot and slot_of[base + postponed_slot] >= 0:
                if last >= 0:
                    last = slot_of[base + postponed_slot]
            if last >= 0:
                days = (last >> day_shift) - (first >> day_shift)
                if days >= 0:
                    share_days[e] = days
                    if days > long_days[pathway]:
                        long_span = True
                else:
                    negative = True
            for n in range(spans):
                if (share_spans[pathway] >> n) & 1 and total >= 0:
                    limit = span_limit[e * spans + n]
                    total = total + limit if limit >= 0 else -1
            if share_by_kind[pathway] and treated < 0:
                total = -1
            share_limit[e] = total
        if ended[e] == -1:
            share_reason[e] = STILL_OPEN
        elif ended[e] == CLOSED_BY_RULE:
            share_reason[e] = BY_RULE
        elif share_to[pathway] < 0 or slot_of[base + share_end_slot[pathway]] < 0:
            share_reason[e] = NOT_TREATED
        elif total < 0:
            share_reason[e] = NO_LIMIT
        elif instance_flags[e] & POSTPONED and not include_postponed and not postponed_is_start:
            share_reason[e] = POSTPONED_OUT
        elif share_days[e] < 0:
            share_reason[e] = NEGATIVE
        else:
            share_reason[e] = COUNTS
        if negative:
            message_row[m], message_number[m], message_instance[m] = opening[e], negative_message[pathway], e
            seen_messages[e] |= 1 << negative_message[pathway]
            m += 1
        if long_span:
            message_row[m], message_number[m], message_instance[m] = opening[e], long_message[pathway], e
            seen_messages[e] |= 1 << long_message[pathway]
            m += 1
    return m


def note(keys: Any, low: int, high: int, layout: Any, noting: Any, found: Any, instances: int, messages: int) -> Any:
    """Messages that say something of the patient or the place, and never set a code aside: 100, 116, 117, 912.

    noting: per patient whether the register knows it (0 unknown, 1 known, 2 not asked) and the days of the birthdays
    that the catalogue asks about; per pathway the birthday and message for too old and too young; per place whether
    the organisation is known. They belong to the instance of the row, if the row has one. Returns the number of
    messages after.
    """
    place_bits, order_bits, day_bits, pathway_bits, first_day = layout
    (
        patient_known, birthdays, patients, too_old_at, too_old_message, too_young_at, too_young_message, place_known,
        unknown_patient_message, unknown_place_message, prefix_first, code_last,
    ) = noting  # fmt: skip
    opening, seen_messages, message_row, message_number, message_instance = found
    day_shift = place_bits + order_bits
    group_shift = day_shift + day_bits
    place_mask = (1 << place_bits) - 1
    order_mask = (1 << order_bits) - 1
    day_mask = (1 << day_bits) - 1
    pathway_mask = (1 << pathway_bits) - 1
    m = messages
    e = -1
    for i in range(low, high):
        key = keys[i]
        while e + 1 < instances and opening[e + 1] <= i:
            e += 1
        patient = key >> (group_shift + pathway_bits)
        pathway = (key >> group_shift) & pathway_mask
        day = ((key >> day_shift) & day_mask) + first_day
        wrong = 0
        if patient_known[patient] == 0:
            wrong = unknown_patient_message
        young_or_old = 0
        if day >= prefix_first[pathway]:
            if too_old_at[pathway] >= 0:
                birthday = birthdays[too_old_at[pathway] * patients + patient]
                if birthday > -(1 << 30) and day >= birthday:
                    young_or_old = too_old_message[pathway]
            if too_young_at[pathway] >= 0:
                birthday = birthdays[too_young_at[pathway] * patients + patient]
                if birthday > -(1 << 30) and day < birthday:
                    young_or_old = too_young_message[pathway]
        elsewhere = 0 if place_known[key & place_mask] else unknown_place_message
        if wrong or young_or_old or elsewhere:
            code = (pathway << order_bits) | ((key >> place_bits) & order_mask)
            mine = e
            if e >= 0 and (keys[opening[e]] >> group_shift) != (key >> group_shift):
                mine = -1
            if day < prefix_first[pathway] or day > code_last[code]:
                mine = -1
            for number in (wrong, young_or_old, elsewhere):
                if number:
                    message_row[m], message_number[m], message_instance[m] = i, number, mine
                    if mine >= 0:
                        seen_messages[mine] |= 1 << number
                    m += 1
    return m


def count_openings(keys: Any, layout: Any, flags: Any) -> Any:
    """How many keys are of codes that open: no more instances than that."""
    place_bits, order_bits, day_bits, pathway_bits, _first_day = layout
    order_mask = (1 << order_bits) - 1
    pathway_mask = (1 << pathway_bits) - 1
    group_shift = place_bits + order_bits + day_bits
    count = 0
    for i in range(len(keys)):
        code = (((keys[i] >> group_shift) & pathway_mask) << order_bits) | ((keys[i] >> place_bits) & order_mask)
        count += flags[code] & OPENS
    return count
