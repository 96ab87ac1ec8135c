"""Onward referrals: the codes that come with a patient, confirmed by a person; and those that go with one."""
