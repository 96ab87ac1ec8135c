"""Event logs (CSV, XES, FHIR bundles) into milestones and registrations, by a mapping file."""
