"""A small help desk written for OpenAI: answers, triages and searches."""
