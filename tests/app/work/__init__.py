"""The working day: list, referrals, deeds."""
