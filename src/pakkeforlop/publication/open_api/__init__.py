"""Released figures in the forms that others ask for: JSON, CSV, JSON-stat, the directorate's rows, FHIR."""
