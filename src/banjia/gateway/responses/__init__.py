"""OpenAI's Responses API over chat completions, with a state of its own."""
