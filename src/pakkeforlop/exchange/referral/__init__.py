"""The pathway part of the national referral message (Henvisning v2.0), read and written."""
