"""The page of upgraded and downgraded referrals, and of what their senders are told."""
