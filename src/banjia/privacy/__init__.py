"""Who is in the text: detectors, surrogates, restoring, subjects."""
