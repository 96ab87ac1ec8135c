"""The inbox of referrals: assessed daily, into a pathway or ordinary, with the reason."""
