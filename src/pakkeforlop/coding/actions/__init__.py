"""The writes of patients and registrations: verbs with named arguments, inside one transaction."""
