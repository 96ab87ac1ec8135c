"""The access log: a patient's own log, patients opened with a reason, and the page that asks for the reason."""
