"""Small numbers leave here, last: which figures a release hides, why, and the proof that they cannot be worked out."""
